{{- define "conform.labels" -}}
app.kubernetes.io/name: conform-operator
{{ include "conform.common" . }}
{{- end }}

{{- /* Labels of every object, those of the operator itself and others. */}}
{{- define "conform.common" -}}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: conform
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- /* An image, or a repository, where the mirror has it: its host is replaced. */}}
{{- define "conform.mirrored" -}}
{{- with .root.Values.images.mirror -}}
{{ . }}/{{ regexReplaceAll "^([^/]*[.:][^/]*|localhost)/" $.image "" }}
{{- else -}}
{{ .image }}
{{- end -}}
{{- end }}

{{- /* The operator's image, or the runner's: by its digest, if that is given. */}}
{{- define "conform.image" -}}
{{- $image := .root.Values.image -}}
{{ include "conform.mirrored" (dict "root" .root "image" (printf "%s/%s" $image.registry (get $image .of))) }}
{{- with get $image.digests .of -}}
@{{ . }}
{{- else -}}
:{{ $image.tag | default (printf "v%s" .root.Chart.AppVersion) }}
{{- end }}
{{- end }}

{{- /* The port of an address. */}}
{{- define "conform.port" -}}
{{- $url := urlParse . -}}
{{ regexFind ":[0-9]+$" $url.host | trimPrefix ":" | default (eq $url.scheme "https" | ternary "443" "80") }}
{{- end }}

{{- /* Not empty if the operator serves anything to people. */}}
{{- define "conform.web" -}}
{{- if or .Values.reports.enabled (ne .Values.artifacts.storage "none") -}}yes{{- end -}}
{{- end }}

{{- define "conform.mounts" -}}
{{- with .Values.notifications }}
{{- if and .url .secretName }}
- name: notify
  mountPath: /etc/conform/notify
  readOnly: true
{{- end }}
{{- if and .url .caConfigMapName }}
- name: notify-ca
  mountPath: /etc/conform/notify-ca
  readOnly: true
{{- end }}
{{- end }}
{{- if eq .Values.artifacts.storage "filesystem" }}
- name: artifacts
  mountPath: /var/lib/conform/artifacts
{{- end }}
{{- if and (eq .Values.artifacts.storage "s3") .Values.artifacts.s3.caConfigMapName }}
- name: artifacts-ca
  mountPath: /etc/conform/artifacts-ca
  readOnly: true
{{- end }}
{{- if and (include "conform.web" .) .Values.web.tlsSecretName }}
- name: web
  mountPath: /etc/conform/web
  readOnly: true
{{- end }}
{{- end }}

{{- define "conform.volumes" -}}
{{- with .Values.notifications }}
{{- if and .url .secretName }}
- name: notify
  secret:
    secretName: {{ .secretName }}
{{- end }}
{{- if and .url .caConfigMapName }}
- name: notify-ca
  configMap:
    name: {{ .caConfigMapName }}
{{- end }}
{{- end }}
{{- if eq .Values.artifacts.storage "filesystem" }}
- name: artifacts
  persistentVolumeClaim:
    claimName: {{ .Values.artifacts.filesystem.existingClaim | default "conform-artifacts" }}
{{- end }}
{{- if and (eq .Values.artifacts.storage "s3") .Values.artifacts.s3.caConfigMapName }}
- name: artifacts-ca
  configMap:
    name: {{ .Values.artifacts.s3.caConfigMapName }}
{{- end }}
{{- if and (include "conform.web" .) .Values.web.tlsSecretName }}
- name: web
  secret:
    secretName: {{ .Values.web.tlsSecretName }}
{{- end }}
{{- end }}
