namespace Prozchain.Testing;

/// <summary>How a child process ended.</summary>
/// <param name="Command">The command line, for messages.</param>
/// <param name="ExitCode">The exit status; on Unix 128 plus the signal for a process that a signal ended.</param>
/// <param name="Output">Standard output and standard error, as the lines arrived.</param>
/// <param name="TimedOut">True when the child was killed because its time was up.</param>
/// <param name="ReachedEnd">True when a child test called <see cref="ChildTest.ReportEnd"/>.</param>
public sealed record ChildResult(string Command, int ExitCode, string Output, bool TimedOut, bool ReachedEnd = false)
{
    /// <summary>Fails the calling test, showing the output, unless the child ended by itself with exit code 0.</summary>
    public void AssertSuccess() =>
        Assert.True(ExitCode == 0 && !TimedOut, $"Expected exit code 0, got {Describe()}");

    /// <summary>The end and the output, for a failure's message.</summary>
    public string Describe() =>
        $"{(TimedOut ? "a time-out" : $"exit code {ExitCode}")} from: {Command}\n{Output}";
}
