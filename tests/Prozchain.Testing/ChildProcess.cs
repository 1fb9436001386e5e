using System.Diagnostics;
using System.Text;

namespace Prozchain.Testing;

/// <summary>Runs another program to its end, with its output captured and a time limit that kills its whole process tree.</summary>
public static class ChildProcess
{
    /// <summary>How long a child may take unless a caller says otherwise.</summary>
    public static TimeSpan DefaultTimeout { get; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Starts <paramref name="fileName"/> and waits for it. A null value in <paramref name="environment"/> removes the
    /// variable; all others are inherited. Standard input is closed at once.
    /// </summary>
    public static ChildResult Run(
        string fileName,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string?>? environment = null,
        string? workingDirectory = null,
        TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var start = new ProcessStartInfo(fileName, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = workingDirectory ?? RepositoryRoot.Path,
        };
        if (environment is not null)
            foreach ((string name, string? value) in environment) start.Environment[name] = value;

        var output = new StringBuilder();
        using var process = new Process { StartInfo = start };
        process.Start();
        process.StandardInput.Close();
        Task reading = Task.WhenAll(Read(process.StandardOutput, output), Read(process.StandardError, output));
        bool ended = process.WaitForExit(timeout ?? DefaultTimeout);
        if (!ended)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit(TimeSpan.FromSeconds(10));
        }
        // A grandchild that outlives the child (a compiler server) may hold the pipes open: take what came by then.
        reading.Wait(TimeSpan.FromSeconds(5));
        lock (output) return new ChildResult($"{fileName} {string.Join(' ', start.ArgumentList)}", process.ExitCode, output.ToString(), !ended);
    }

    private static async Task Read(StreamReader from, StringBuilder output)
    {
        while (await from.ReadLineAsync().ConfigureAwait(false) is { } line)
            lock (output) output.Append(line).Append('\n');
    }
}
