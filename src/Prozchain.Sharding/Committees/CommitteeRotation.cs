namespace Prozchain.Sharding.Committees;

/// <summary>
/// The way from one committee to another, one seat at a time and make-before-break: the new member is in before the old
/// one leaves, so that there is never a seat too few, and never more than one seat to bring up to date.
/// </summary>
/// <remarks>
/// Moment 0 is the old committee; at moment 2k + 1 the newcomer of change k + 1 has joined (n + 1 seats), at 2k + 2 the
/// seat it replaces is gone. Certificates of neighbouring moments cannot contradict each other: quorums of n and n + 1
/// seats, floor(2n/3) + 1 and floor(2(n + 1)/3) + 1, add up to at least 4(n + 1)/3 among n + 1 seats, so they share
/// (n + 1)/3 seats or more, which is more than the floor(n/3) that may be faulty. Seats that both committees give to
/// the same validator do not change.
/// </remarks>
public sealed class CommitteeRotation
{
    private readonly Committee _from, _to;

    // Places in the old committee that are vacated, and who joins, in order.
    private readonly List<int> _leaving = [];
    private readonly List<ReadOnlyMemory<byte>> _joining = [];

    /// <summary>Plans the way. Seats leave in the order of the old draw and join in that of the new one.</summary>
    /// <param name="from">The committee in force.</param>
    /// <param name="to">The committee to come, of the same shard.</param>
    /// <exception cref="ArgumentException">The shards differ.</exception>
    public CommitteeRotation(Committee from, Committee to) : this(from, to, static _ => true)
    {
    }

    /// <summary>Plans the way; seats of validators that are not on duty any more leave first.</summary>
    internal CommitteeRotation(Committee from, Committee to, Func<ReadOnlyMemory<byte>, bool> isOnDuty)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        if (from.Shard != to.Shard) throw new ArgumentException($"Expected a committee of shard {from.Shard}, got one of {to.Shard}.", nameof(to));
        (_from, _to) = (from, to);
        var wanted = new Dictionary<ReadOnlyMemory<byte>, int>(KeyBytes.Instance);
        foreach (CommitteeMember member in to.Members) wanted.Add(member.PublicKey, member.Seats);
        var kept = new Dictionary<ReadOnlyMemory<byte>, int>(KeyBytes.Instance);
        for (int seat = 0; seat < from.Seats; seat++)
        {
            ReadOnlyMemory<byte> owner = from.SeatOwner(seat);
            int held = kept.GetValueOrDefault(owner);
            if (held < wanted.GetValueOrDefault(owner)) kept[owner] = held + 1;
            else if (isOnDuty(owner)) _leaving.Add(seat);
            else _leaving.Insert(Vacant++, seat);
        }
        for (int seat = 0; seat < to.Seats; seat++)
        {
            ReadOnlyMemory<byte> owner = to.SeatOwner(seat);
            int held = kept.GetValueOrDefault(owner);
            if (held > 0) kept[owner] = held - 1; else _joining.Add(owner);
        }
    }

    /// <summary>Seats that change.</summary>
    public int Changes => Math.Max(_leaving.Count, _joining.Count);

    /// <summary>Seats of validators that are not on duty any more: those that change first.</summary>
    internal int Vacant { get; }

    /// <summary>The committee at a moment.</summary>
    /// <param name="moment">0 or more; from 2 · <see cref="Changes"/> on it is the committee to come.</param>
    public Committee At(int moment)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(moment);
        if (moment >= 2 * Changes) return _to;
        int joined = Math.Min((moment + 1) / 2, _joining.Count), left = Math.Min(moment / 2, _leaving.Count);
        List<ReadOnlyMemory<byte>> seats = [.. _from.SeatOwners()];
        // A newcomer takes the place of the seat it replaces; where there is none to replace yet, it stands at the end.
        int replaced = Math.Min(joined, left);
        for (int i = 0; i < replaced; i++) seats[_leaving[i]] = _joining[i];
        for (int i = replaced; i < joined; i++) seats.Add(_joining[i]);
        foreach (int seat in _leaving[replaced..Math.Max(replaced, left)].OrderDescending()) seats.RemoveAt(seat);
        return Committee.FromOwners(_to.Shard, _to.Epoch, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(seats));
    }
}
