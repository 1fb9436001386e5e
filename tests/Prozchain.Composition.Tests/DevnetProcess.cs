using System.Collections.Concurrent;
using System.Diagnostics;
using Prozchain.Testing;

namespace Prozchain.Composition.Tests;

/// <summary>A Devnet in a process of its own, started from the build output, its lines collected as they come.</summary>
internal sealed class DevnetProcess : IDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly Task _pumps;

    private DevnetProcess(Process process)
    {
        _process = process;
        _pumps = Task.WhenAll(Pump(process.StandardOutput, Lines), Pump(process.StandardError, _errors));
    }

    /// <summary>Standard output so far.</summary>
    public ConcurrentQueue<string> Lines { get; } = new();

    public bool HasExited => _process.HasExited;

    public static DevnetProcess Start(params string[] arguments)
    {
        string configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        string assembly = Path.Combine(RepositoryRoot.Path, "artifacts", "bin", "Prozchain.Devnet", configuration, "Prozchain.Devnet.dll");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = RepositoryRoot.Path };
        start.ArgumentList.Add(assembly);
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        return new DevnetProcess(Process.Start(start) ?? throw new InvalidOperationException("The Devnet did not start."));
    }

    /// <summary>Runs to the end. Fails the test when that takes more than three minutes.</summary>
    public static async Task<DevnetResult> RunAsync(params string[] arguments)
    {
        using DevnetProcess devnet = Start(arguments);
        return await devnet.EndAsync();
    }

    public Task<DevnetResult> EndAsync() => EndAsync(TimeSpan.FromMinutes(3));

    public async Task<DevnetResult> EndAsync(TimeSpan limit)
    {
        using var timeout = new CancellationTokenSource(limit);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            Assert.Fail($"The Devnet did not end. Its last lines: {string.Join('\n', Lines.TakeLast(20))}");
        }
        await _pumps;
        return new DevnetResult(_process.ExitCode, [.. Lines], [.. _errors]);
    }

    /// <summary>Ends the process at once, as a power cut would end it; nothing of it runs any more.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        await _pumps;
    }

    /// <summary>Asks the process to stop, as Ctrl-C does.</summary>
    public void Interrupt()
    {
        using Process kill = Process.Start("kill", ["-INT", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private static async Task Pump(StreamReader from, ConcurrentQueue<string> to)
    {
        while (await from.ReadLineAsync() is { } line) to.Enqueue(line);
    }
}

/// <summary>How a Devnet ended.</summary>
internal sealed record DevnetResult(int ExitCode, IReadOnlyList<string> Output, IReadOnlyList<string> Errors)
{
    public override string ToString() => $"exit code {ExitCode}\n{string.Join('\n', Output.TakeLast(30))}\n{string.Join('\n', Errors.TakeLast(30))}";
}
