using Prozchain.Zk.Air;

namespace Prozchain.Zk.Tests.Air;

/// <summary>Which constraints and interactions of an AIR find changes, and which of them find one that no other constraint does.</summary>
/// <param name="graph">The AIR.</param>
internal sealed class MutationCoverage(ConstraintGraph graph)
{
    private readonly bool[] _violated = new bool[graph.Constraints.Count], _alone = new bool[graph.Constraints.Count], _refused = new bool[graph.Interactions.Count], _refusedAlone = new bool[graph.Interactions.Count];

    /// <summary>The AIR's name.</summary>
    public string Name => graph.Shape.Name;

    /// <summary>Its columns.</summary>
    public int Columns => graph.Shape.Width;

    /// <summary>Constraints; those violated by a change; those that were the only one to be violated by a change, whatever became of its messages.</summary>
    public (int All, int Violated, int Alone) Constraints => (_violated.Length, _violated.Count(static hit => hit), _alone.Count(static hit => hit));

    /// <summary>Interactions; those whose message was refused, by a bus or a bound; those that alone found a change, with no constraint violated and no other message refused.</summary>
    public (int All, int Violated, int Alone) Interactions => (_refused.Length, _refused.Count(static hit => hit), _refusedAlone.Count(static hit => hit));

    /// <summary>Numbers of constraints that were never alone.</summary>
    public IEnumerable<int> NotAlone => Enumerable.Range(0, _alone.Length).Where(i => !_alone[i]);

    /// <summary>Constraints without a violation, as a fault names them.</summary>
    public IEnumerable<string> Unviolated => Enumerable.Range(0, _violated.Length).Where(i => !_violated[i]).Select(NameOf);

    /// <summary>Labels of which no constraint was violated.</summary>
    public IEnumerable<string> UnviolatedLabels =>
        graph.Constraints.Select(constraint => constraint.Label).Distinct().Except(graph.Constraints.Where((_, i) => _violated[i]).Select(constraint => constraint.Label));

    /// <summary>Labels of constraints that were violated, and never alone, with how many of each there are.</summary>
    public IEnumerable<string> NeverAlone => NotAlone.Where(i => _violated[i]).GroupBy(i => graph.Constraints[i].Label).Select(group => $"{group.Key} ({group.Count()})");

    /// <summary>Interactions whose message no change moved.</summary>
    public IEnumerable<string> Unmoved => Enumerable.Range(0, _refused.Length).Where(i => !_refused[i]).Select(i => $"{graph.Interactions[i].Direction} {graph.Interactions[i].Bus.Name} ({i})");

    /// <summary>What found a change.</summary>
    public void Note(List<int> constraints, List<int> interactions)
    {
        foreach (int i in constraints) _violated[i] = true;
        foreach (int i in interactions) _refused[i] = true;
        if (constraints.Distinct().Count() == 1) _alone[constraints[0]] = true;
        if (constraints.Count == 0 && interactions.Distinct().Count() == 1) _refusedAlone[interactions[0]] = true;
    }

    private string NameOf(int i) => graph.Constraints[i] is { Index: >= 0 } constraint ? $"{constraint.Label}[{constraint.Index}]" : graph.Constraints[i].Label;
}
