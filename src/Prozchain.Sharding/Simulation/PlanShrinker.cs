namespace Prozchain.Sharding.Simulation;

/// <summary>Makes a failing plan small: first fewer faults (ddmin), then shorter ones.</summary>
internal sealed class PlanShrinker(Func<FaultPlan, SimulationFailure?> run, int mostRuns)
{
    private int _runs;

    public SimulationFailure Shrink(SimulationFailure failure) => Fewer(Shorten(Fewer(Try([]) ?? failure)));

    private SimulationFailure Fewer(SimulationFailure smallest)
    {
        for (int parts = 2; smallest.Faults.Faults.Count > 1;)
        {
            IReadOnlyList<Fault> faults = smallest.Faults.Faults;
            parts = Math.Min(parts, faults.Count);
            if (WithoutAPart(faults, parts) is { } smaller)
            {
                smallest = smaller;
                parts = Math.Max(2, parts - 1);
            }
            else if (parts == faults.Count)
            {
                break;
            }
            else
            {
                parts *= 2;
            }
        }
        return smallest;
    }

    private SimulationFailure? WithoutAPart(IReadOnlyList<Fault> faults, int parts)
    {
        for (int part = 0; part < parts; part++)
        {
            int from = faults.Count * part / parts, until = faults.Count * (part + 1) / parts;
            if (Try(faults.Where((_, i) => i < from || i >= until)) is { } smaller) return smaller;
        }
        return null;
    }

    private SimulationFailure Shorten(SimulationFailure failure)
    {
        for (int at = 0; at < failure.Faults.Faults.Count; at++)
        {
            while (failure.Faults.Faults[at] is var fault && fault.UntilMs - fault.FromMs > 1)
            {
                long middle = (fault.FromMs + fault.UntilMs) / 2;
                if (WithWindow(failure, at, fault.FromMs, middle) is { } early) failure = early;
                else if (WithWindow(failure, at, middle, fault.UntilMs) is { } late) failure = late;
                else break;
            }
        }
        return failure;
    }

    private SimulationFailure? WithWindow(SimulationFailure failure, int at, long fromMs, long untilMs) => Try(failure.Faults.Faults.Select((fault, i) =>
        i == at ? new Fault(fault.Kind, fromMs, untilMs, fault.Nodes, fault.Others, fault.IsOneWay, fault.Amount) : fault));

    private SimulationFailure? Try(IEnumerable<Fault> faults) => _runs++ < mostRuns ? run(new FaultPlan(faults)) : null;
}
