using System.Globalization;

namespace Prozchain.Benchmarks.Quick;

/// <summary>What a goal is a bound on.</summary>
internal enum GoalOf
{
    /// <summary>The row's value, in its unit.</summary>
    Value,

    /// <summary>The row's ratio to its yardstick.</summary>
    Ratio,

    /// <summary>How many times as good as the peer.</summary>
    Peer,
}

/// <summary>A floor (not met: something is wrong) or an aim (what the issue asks for).</summary>
internal readonly record struct Goal(GoalOf Of, double Amount)
{
    /// <summary>Whether a result meets this, or null when what it speaks of was not measured.</summary>
    public bool? IsMetBy(QuickResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return Of switch
        {
            GoalOf.Ratio => result.Ratio is { } ratio ? ratio >= Amount : null,
            GoalOf.Peer => result.TimesPeer is { } times ? times >= Amount : null,
            _ => result.Better == Better.Higher ? result.Value >= Amount : result.Value <= Amount,
        };
    }

    public override string ToString() => Amount.ToString("0.###", CultureInfo.InvariantCulture) + Of switch
    {
        GoalOf.Ratio => "x",
        GoalOf.Peer => "x peer",
        _ => "",
    };
}
