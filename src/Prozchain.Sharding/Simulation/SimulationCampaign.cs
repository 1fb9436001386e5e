namespace Prozchain.Sharding.Simulation;

/// <summary>Runs a scenario over many seeds.</summary>
public static class SimulationCampaign
{
    /// <summary>
    /// Runs seeds in order until one fails, replays it and shrinks its plan. With several threads each world still has one
    /// of its own, and the failure reported is still that of the lowest seed.
    /// </summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="firstSeed">The first seed; the others follow it.</param>
    /// <param name="seeds">How many, 1 or more.</param>
    /// <param name="maxDegreeOfParallelism">How many worlds run at once.</param>
    /// <param name="progress">Receives the figures after each seed, from any of the threads.</param>
    /// <param name="time">Measures; null for the system's.</param>
    /// <param name="cancellation">Ends the campaign with an exception.</param>
    /// <returns>What was done; <see cref="CampaignReport.FirstFailure"/> says whether all went well.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static CampaignReport Run(
        SimulationScenario scenario,
        ulong firstSeed,
        int seeds,
        int maxDegreeOfParallelism = 1,
        IProgress<CampaignReport>? progress = null,
        TimeProvider? time = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(seeds);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxDegreeOfParallelism);
        time ??= TimeProvider.System;
        long start = time.GetTimestamp(), done = 0, steps = 0, simulatedMs = 0;
        CampaignReport Report() => new(Interlocked.Read(ref done), Interlocked.Read(ref steps), TimeSpan.FromMilliseconds(Interlocked.Read(ref simulatedMs)), time.GetElapsedTime(start));

        var gate = new Lock();
        SimulationFailure? first = null;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = maxDegreeOfParallelism, CancellationToken = cancellation };
        // Break lets the seeds below the failing one run to their end.
        Parallel.For(0, seeds, parallel, (index, loop) =>
        {
            ulong seed = firstSeed + (ulong)index;
            FaultPlan plan = scenario.Plan(seed);
            using SimulatedWorld world = scenario.Build(seed, plan);
            SimulationFailure? failure = scenario.Run(world, plan, cancellation);
            Interlocked.Increment(ref done);
            Interlocked.Add(ref steps, world.Steps);
            Interlocked.Add(ref simulatedMs, world.ElapsedMs);
            if (failure is not null)
            {
                loop.Break();
                lock (gate)
                {
                    if (first is null || failure.Seed - firstSeed < first.Seed - firstSeed) first = failure;
                }
            }
            progress?.Report(Report());
        });
        CampaignReport report = Report();
        if (first is null) return report;
        bool replays = scenario.Run(first.Seed, first.Faults, cancellation) is { } again && again.EventHash == first.EventHash && again.Words == first.Words;
        return report with { FirstFailure = first, Replays = replays, Smallest = replays ? scenario.Shrink(first, cancellation: cancellation) : null };
    }
}
