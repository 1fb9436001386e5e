namespace Prozchain.Sharding.Simulation;

/// <summary>A test for any seed: a world, what goes wrong in it, how long it runs, and what must hold at its end.</summary>
/// <remarks>Its functions are called from several threads at once by a <see cref="SimulationCampaign"/>: they share nothing that changes.</remarks>
public sealed record SimulationScenario
{
    private const long SliceMs = 1000;

    /// <summary>Builds the world of a seed, with nodes, invariants and workload. The plan goes into <see cref="WorldOptions.Faults"/>.</summary>
    public required Func<ulong, FaultPlan, SimulatedWorld> Build { get; init; }

    /// <summary>What goes wrong under a seed; see <see cref="FaultMix.Draw"/>.</summary>
    public Func<ulong, FaultPlan> Plan { get; init; } = static _ => FaultPlan.None;

    /// <summary>How long the world runs, milliseconds; long enough after the plan's <see cref="FaultPlan.HealedMs"/> for progress to show.</summary>
    public required long DurationMs { get; init; }

    /// <summary>Looks at the world at its end; null if all is well, else what is wrong, in words.</summary>
    public Func<SimulatedWorld, string?>? AtEnd { get; init; }

    /// <summary>Runs one seed.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="plan">What goes wrong; null as <see cref="Plan"/> says.</param>
    /// <param name="cancellation">Ends it between two slices of a simulated second.</param>
    /// <returns>Null if all went well.</returns>
    /// <exception cref="InvalidOperationException">The built world has another plan.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public SimulationFailure? Run(ulong seed, FaultPlan? plan = null, CancellationToken cancellation = default)
    {
        plan ??= Plan(seed);
        using SimulatedWorld world = Build(seed, plan);
        return Run(world, plan, cancellation);
    }

    /// <summary>
    /// Looks for a smaller plan under which the same seed fails too: faults are taken away while it still fails (delta
    /// debugging, Zeller 2002), until none can be spared, and those left are then shortened.
    /// </summary>
    /// <param name="failure">A failure of this scenario.</param>
    /// <param name="mostRuns">How many runs the search may take.</param>
    /// <param name="cancellation">Ends the search with an exception.</param>
    /// <returns>The failure under the smallest plan found.</returns>
    /// <exception cref="ArgumentException">The failure does not come again: something in the scenario is not a function of the seed.</exception>
    public SimulationFailure Shrink(SimulationFailure failure, int mostRuns = 400, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(failure);
        SimulationFailure again = Run(failure.Seed, failure.Faults, cancellation)
            ?? throw new ArgumentException($"Expected seed {failure.Seed} to fail again, got a run without failure.", nameof(failure));
        return new PlanShrinker(plan => Run(failure.Seed, plan, cancellation), mostRuns).Shrink(again);
    }

    internal SimulationFailure? Run(SimulatedWorld world, FaultPlan plan, CancellationToken cancellation)
    {
        if (!ReferenceEquals(world.Options.Faults, plan)) throw new InvalidOperationException("Expected a world with the plan that was handed in, got another plan.");
        try
        {
            while (world.ElapsedMs < DurationMs)
            {
                cancellation.ThrowIfCancellationRequested();
                world.RunTo(Math.Min(DurationMs, world.ElapsedMs + SliceMs));
            }
        }
        catch (SimulationException e) when (e.Failure is not null)
        {
            return e.Failure;
        }
        return AtEnd?.Invoke(world) is { } words ? world.FailureOf(words) : null;
    }
}
