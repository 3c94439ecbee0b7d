using System.Buffers;
using Ringfence.Model.Policies;

namespace Ringfence.Kubernetes.ApiServer.Schemas.Rules;

/// <summary>The rules for Jobs and CronJobs.</summary>
/// <remarks>pkg/apis/batch/validation/validation.go</remarks>
internal static class JobRules
{
    private static readonly string[] s_counts =
        ["parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "backoffLimitPerIndex", "maxFailedIndexes", "ttlSecondsAfterFinished"];

    private static readonly SearchValues<char> s_cron = SearchValues.Create("0123456789*/,-?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    public static void Check(JsonField spec, JsonField? old, FieldErrorList errors)
    {
        CheckSpec(spec, errors);
        if (!spec["selector"].Exists) errors.Required(spec["selector"].Path, "");
        if (old is not { } before) return;
        WorkloadRules.CheckImmutable(spec["selector"], before["selector"], errors);

        // A suspended job may still be told where to run; for simplicity its template then is free.
        if (!before["suspend"].IsTrue) WorkloadRules.CheckImmutable(spec["template"], before["template"], errors);
        WorkloadRules.CheckImmutable(spec["completionMode"], before["completionMode"], errors);
        if (spec["completionMode"].Text != "Indexed") WorkloadRules.CheckImmutable(spec["completions"], before["completions"], errors);
    }

    public static void CheckCronJob(JsonField spec, FieldErrorList errors)
    {
        var schedule = spec["schedule"];
        if (schedule.Text.Length == 0) errors.Required(schedule.Path, "");
        else if (CronFault(schedule.Text) is { } fault) errors.Invalid(schedule.Path, schedule.Text, fault);
        if (spec["timeZone"].Exists && !IsTimeZone(spec["timeZone"].Text))
            errors.Invalid(spec["timeZone"].Path, spec["timeZone"].Text, $"unknown time zone {spec["timeZone"].Text}");
        foreach (var field in new[] { "startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit" })
            PortRange.CheckNotNegative(spec[field], errors);
        CheckSpec(spec["jobTemplate"]["spec"], errors);
    }

    private static void CheckSpec(JsonField spec, FieldErrorList errors)
    {
        foreach (var field in s_counts) PortRange.CheckNotNegative(spec[field], errors);
        PodRules.CheckTemplate(spec["template"], errors);
        var policy = spec["template"]["spec"]["restartPolicy"];
        if (policy.Text is "Always") errors.Required(policy.Path, "valid values: \"OnFailure\", \"Never\"");
        else if (policy.Text is not ("OnFailure" or "Never")) errors.NotSupported(policy.Path, policy.Text, ["OnFailure", "Never"]);
    }

    private static string? CronFault(string schedule)
    {
        if (schedule.StartsWith('@'))
            return schedule is "@yearly" or "@annually" or "@monthly" or "@weekly" or "@daily" or "@midnight" or "@hourly"
                || schedule.StartsWith("@every ", StringComparison.Ordinal) ? null : $"unrecognized descriptor: {schedule}";
        var fields = schedule.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (fields.Length != 5) return $"expected exactly 5 fields, found {fields.Length}: [{string.Join(' ', fields)}]";
        return Array.Find(fields, field => field.AsSpan().ContainsAnyExcept(s_cron)) is { } bad
            ? $"failed to parse int from {bad}" : null;
    }

    private static bool IsTimeZone(string name) =>
        name.Length > 0 && !name.Equals("local", StringComparison.OrdinalIgnoreCase) && TimeZoneInfo.TryFindSystemTimeZoneById(name, out _);
}
