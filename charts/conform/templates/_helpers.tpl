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

{{- define "conform.image" -}}
{{ include "conform.mirrored" (dict "root" .root "image" (printf "%s/%s" .root.Values.image.registry .name)) }}:{{ .root.Values.image.tag | default (printf "v%s" .root.Chart.AppVersion) }}
{{- end }}
