-- A schedule is degraded if it cannot be used, if its last run found that the cluster does not conform, or if tests fail
-- that passed before. If its last run was to decide that and did not, nobody knows. Before its first run, or if its runs
-- are not about that, it is as healthy as its spec.
local health = { status = "Progressing", message = "Waiting for the operator" }
if obj.status == nil or obj.status.conditions == nil then
  return health
end
if obj.metadata.generation ~= nil and obj.status.observedGeneration ~= obj.metadata.generation then
  return health
end
local conditions = {}
for _, condition in ipairs(obj.status.conditions) do
  conditions[condition.type] = condition
end
local function is(kind, status)
  return conditions[kind] ~= nil and conditions[kind].status == status
end
local function told(status, kind)
  local condition = conditions[kind]
  return { status = status, message = condition.reason .. ": " .. condition.message }
end
if is("Stalled", "True") then
  return told("Degraded", "Stalled")
end
if is("Ready", "False") then
  return told("Degraded", "Ready")
end
if is("Regressed", "True") then
  return told("Degraded", "Regressed")
end
if is("Conformant", "False") then
  return told("Degraded", "Conformant")
end
if obj.spec ~= nil and obj.spec.suspend then
  return told("Suspended", "Ready")
end
if is("Conformant", "Unknown") then
  local not_asked = { NoFinishedRun = true, NotRequested = true, NoneDefined = true, NotApplicable = true }
  if not not_asked[conditions["Conformant"].reason] then
    return told("Unknown", "Conformant")
  end
end
if is("Ready", "True") then
  if conditions["Conformant"] ~= nil then
    return told("Healthy", "Conformant")
  end
  return told("Healthy", "Ready")
end
return health
