using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Plonky3.Stark;

/// <summary>The challenges of the lookup argument.</summary>
/// <param name="Alpha">What messages are subtracted from.</param>
/// <param name="Beta">The point that a tuple is evaluated at.</param>
/// <param name="BusPower">Beta to the length of the longest tuple: what buses are told apart by.</param>
internal readonly record struct LookupChallenges<TExt>(TExt Alpha, TExt Beta, TExt BusPower);

/// <summary>The lookups of a table at one point: as many as it has, in the order of the AIR. Reused from point to point.</summary>
internal sealed class LookupRow<TExt>(TableFacts table, LookupChallenges<TExt> challenges) where TExt : struct, IField<TExt>
{
    private readonly TExt[] _messages = new TExt[table.Buses.Length], _counts = new TExt[table.Buses.Length];
    private int _next;

    public ReadOnlySpan<TExt> Messages => _messages;

    public ReadOnlySpan<TExt> Counts => _counts;

    public void Restart() => _next = 0;

    public void Add<TValue, TLift>(TExt count, ReadOnlySpan<Air.FieldValue<TValue>> tuple)
        where TValue : struct, IField<TValue>
        where TLift : struct, ILift<TValue, TExt>
    {
        TExt value = TExt.Zero;
        foreach (Air.FieldValue<TValue> element in tuple) value = value * challenges.Beta + TLift.Lift(element.Value);
        _messages[_next] = challenges.Alpha + TExt.FromUInt64((ulong)table.Buses[_next] + 1) * challenges.BusPower - value;
        _counts[_next++] = count;
    }

    /// <summary>Folds the constraints of the lookup argument into those of the AIR.</summary>
    /// <param name="sum">The constraints so far.</param>
    /// <param name="challenge">The challenge that constraints are summed by.</param>
    /// <param name="local">The running sum and the fractions in the row at hand.</param>
    /// <param name="next">The same in the next row.</param>
    /// <param name="terminal">What the running sum must end with.</param>
    /// <param name="selectors">The selectors.</param>
    public TExt Fold<TValue, TLift>(TExt sum, TExt challenge, ReadOnlySpan<TExt> local, ReadOnlySpan<TExt> next, TExt terminal, Selectors<TValue> selectors)
        where TLift : struct, ILift<TValue, TExt>
    {
        TExt after = local[0];
        for (int i = 0; i < _messages.Length; i++)
        {
            sum = sum * challenge + (_messages[i] * local[i + 1] - _counts[i]);
            after += local[i + 1];
        }
        sum = sum * challenge + TLift.Scale(local[0], selectors.First);
        sum = sum * challenge + TLift.Scale(next[0] - after, selectors.Transition);
        return sum * challenge + TLift.Scale(terminal - after, selectors.Last);
    }
}
