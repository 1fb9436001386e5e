using System.Globalization;

namespace Prozchain.Sharding.Simulation;

/// <summary>What went wrong in a simulated world, and how to see it again: the same seed, options and plan give the same steps.</summary>
/// <param name="Seed">The world's seed.</param>
/// <param name="Step">The step after which it showed.</param>
/// <param name="ElapsedMs">When, milliseconds since the world began.</param>
/// <param name="Words">What is wrong: an invariant's words, or a node's exception.</param>
/// <param name="EventHash">Hash of all events so far: a replay that differs is no replay.</param>
/// <param name="Faults">The plan under which it went wrong.</param>
/// <param name="Trace">The last events, a line each.</param>
public sealed record SimulationFailure(ulong Seed, long Step, long ElapsedMs, string Words, Digest EventHash, FaultPlan Faults, string Trace)
{
    /// <summary>All of it as text; the plan in the form that <see cref="FaultPlan.Parse"/> reads.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Words}\nSeed {Seed}, step {Step}, {ElapsedMs} ms, event hash {EventHash}.\nFaults:\n{Faults}\nLast events:\n{Trace}");
}
