using System.Reflection;

namespace Prozchain.Testing;

/// <summary>
/// Runs the calling test once more, alone, in a child process of the same test executable: for what needs a fresh
/// runtime (switched-off instruction sets, exact process totals) or kills the process (guard pages). The test asks
/// <see cref="Role"/> which side it is on.
/// </summary>
public static class ChildTest
{
    private const string RoleVariable = "PROZCHAIN_CHILD_ROLE";
    private const string MarkVariable = "PROZCHAIN_CHILD_MARK";

    /// <summary>The role that the parent gave this process, or null when this is no child.</summary>
    public static string? Role { get; } = Environment.GetEnvironmentVariable(RoleVariable) is { Length: > 0 } role ? role : null;

    /// <summary>
    /// Runs the test that calls in a child with <paramref name="role"/>. Called within a child, it skips, so that the
    /// other rows of a theory start no children of their own.
    /// </summary>
    public static ChildResult Run(string role, IReadOnlyDictionary<string, string?>? environment = null, TimeSpan? timeout = null)
    {
        if (Role is not null) Assert.Skip($"This process plays '{Role}', not '{role}'.");
        string mark = Path.Combine(Path.GetTempPath(), $"prozchain-{Guid.NewGuid():N}.mark");
        var variables = new Dictionary<string, string?>(environment ?? new Dictionary<string, string?>())
        {
            [RoleVariable] = role,
            [MarkVariable] = mark,
        };
        // An emulated process takes ten times as long and more.
        if (TestSettings.Emulator is not null) timeout = 10 * (timeout ?? ChildProcess.DefaultTimeout);
        try
        {
            ChildResult result = ChildProcess.Run(Executable(out string[] before), [.. before, .. Filter()], variables, timeout: timeout);
            return result with { ReachedEnd = File.Exists(mark) };
        }
        finally
        {
            File.Delete(mark);
        }
    }

    /// <summary>How to start the calling test in a child with a role, for who starts and ends children itself.</summary>
    public static System.Diagnostics.ProcessStartInfo Describe(string role, IReadOnlyDictionary<string, string?> environment)
    {
        var start = new System.Diagnostics.ProcessStartInfo(Executable(out string[] before), [.. before, .. Filter()]) { RedirectStandardOutput = true, UseShellExecute = false };
        foreach ((string name, string? value) in environment) start.Environment[name] = value;
        start.Environment[RoleVariable] = role;
        return start;
    }

    /// <summary>
    /// The common use: in the child runs <paramref name="body"/>, in the parent starts the child and fails with its
    /// output unless the body ran there to its end.
    /// </summary>
    public static void RunInChild(string role, Action body, IReadOnlyDictionary<string, string?>? environment = null, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        if (Role == role)
        {
            body();
            ReportEnd();
            return;
        }
        ChildResult result = Run(role, environment, timeout);
        result.AssertSuccess();
        Assert.True(result.ReachedEnd, $"Expected the child to run the body of role '{role}' to its end, got {result.Describe()}");
    }

    /// <summary>Tells the parent that the child got this far; a child that ran no test cannot pass for one that did.</summary>
    public static void ReportEnd()
    {
        if (Environment.GetEnvironmentVariable(MarkVariable) is { Length: > 0 } mark) File.WriteAllText(mark, Role);
    }

    private static string Executable(out string[] before)
    {
        string process = Environment.ProcessPath ?? throw new InvalidOperationException("This process has no path.");
        bool isHost = Path.GetFileNameWithoutExtension(process).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        before = isHost ? [Assembly.GetEntryAssembly()!.Location] : [];
        if (TestSettings.Emulator is not { } emulator) return process;
        before = [process, .. before];
        return emulator;
    }

    private static string[] Filter()
    {
        if (TestContext.Current.TestMethod is not { } method) throw new InvalidOperationException("Call this from within a test.");
        return ["--filter-method", $"{method.TestClass.TestClassName}.{method.MethodName}", "--no-progress", "--no-ansi"];
    }
}
