namespace Prozchain.Testing;

/// <summary>
/// Reruns a piece of a test with instruction sets switched off, in a child process that first asserts that they are.
/// Whole projects: eng/isa-matrix.sh.
/// </summary>
public static class IsaRerun
{
    /// <summary>
    /// Runs <paramref name="body"/> in a child without <paramref name="set"/>. Call it as the last statement of a test:
    /// the child runs that test from its start. On a machine that lacks the set the rerun repeats the plain run; an
    /// emulated one, slow as its starts are, does so in this process.
    /// </summary>
    public static void Without(InstructionSet set, Action body, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        if (TestSettings.Emulator is not null && ChildTest.Role is null && !set.IsSupported())
        {
            body();
            return;
        }
        var environment = new Dictionary<string, string?> { [set.Knob()] = "0" };
        ChildTest.RunInChild($"without-{set}", Body, environment, timeout);

        void Body()
        {
            Assert.False(set.IsSupported(), $"Expected {set} off by {set.Knob()}=0, got it still supported.");
            body();
        }
    }
}
