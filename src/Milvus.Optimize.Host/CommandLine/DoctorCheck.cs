namespace Milvus.Optimize.Host.CommandLine;

/// <summary>One thing that doctor looked at.</summary>
/// <param name="Status"><c>ok</c>, <c>warn</c> or <c>fail</c>.</param>
/// <param name="Detail">What was found, and what to do about it.</param>
/// <param name="ExitCode">What the command ends with where this is the first that failed.</param>
internal sealed record DoctorCheck(string Name, string Status, string Detail, int ExitCode)
{
    public static DoctorCheck Ok(string name, string detail) => new(name, "ok", detail, CommandLine.ExitCode.Done);

    public static DoctorCheck Warn(string name, string detail) => new(name, "warn", detail, CommandLine.ExitCode.Done);

    public static DoctorCheck Fail(string name, string detail, int exitCode) => new(name, "fail", detail, exitCode);

    /// <summary>How far a clock is from this machine's.</summary>
    /// <param name="ahead">Of ours.</param>
    /// <param name="blur">How exactly it is known.</param>
    public static DoctorCheck Clock(TimeSpan ahead, TimeSpan blur)
    {
        var off = ahead.Duration() <= blur ? TimeSpan.Zero : ahead.Duration() - blur;
        var text = ahead.Duration() <= blur ? $"within {Durations.Format(blur)} of this machine's" : $"{Durations.Format(ahead.Duration())} {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} this machine's";
        return off >= TimeSpan.FromMinutes(1) ? Fail("clock", $"{text}: set both by NTP", CommandLine.ExitCode.OwnTrouble)
            : off >= TimeSpan.FromSeconds(5) ? Warn("clock", $"{text}: times of runs and of the server cannot be compared; set both by NTP")
            : Ok("clock", text);
    }
}
