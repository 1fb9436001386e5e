using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Committees;

/// <summary>
/// Which committees serve when: those of this epoch, and those of the next, which are drawn and frozen one epoch ahead so
/// that their members can fetch what they need. Ordering committees change seat by seat. Immutable: every event gives a
/// new schedule, the same on all nodes.
/// </summary>
/// <remarks>
/// Shards that are split or merged meanwhile keep the people who know their state: both children have all the seats of
/// the parent, in the next epoch too, and a merged shard has the seats of its parents in turn. The draw after that
/// gives each its own. Attestation committees are stateless and change as a whole when the epoch does.
/// </remarks>
public sealed class CommitteeSchedule
{
    private readonly CommitteeSecurity _security;
    private readonly ICommitteeSampler _sampler;
    private readonly int _intervals;

    // The ordering committees from which this epoch's rotation starts.
    private readonly CommitteeAssignment _outgoing;

    private CommitteeSchedule(CommitteeSecurity security, ICommitteeSampler sampler, int intervals, ShardLayout layout, CommitteeAssignment outgoing, CommitteeSet current, CommitteeSet next)
    {
        (_security, _sampler, _intervals, Layout, _outgoing, Current, Next) = (security, sampler, intervals, layout, outgoing, current, next);
    }

    /// <summary>The epoch.</summary>
    public ulong Epoch => Current.Epoch;

    /// <summary>The layout whose live shards have committees.</summary>
    public ShardLayout Layout { get; }

    /// <summary>This epoch's committees as drawn; where ordering has arrived when the rotation is over.</summary>
    public CommitteeSet Current { get; }

    /// <summary>The next epoch's committees; what validators do from now on does not change them.</summary>
    public CommitteeSet Next { get; }

    /// <summary>Draws the first two epochs.</summary>
    /// <param name="security">Seats.</param>
    /// <param name="sampler">The dialect.</param>
    /// <param name="intervalsPerEpoch">Seats of a committee that change in one epoch at most; 0 if committees change as a whole with the epoch.</param>
    /// <param name="layout">The shards.</param>
    /// <param name="validators">The validators of both epochs, in registry order.</param>
    /// <param name="epoch">The first epoch.</param>
    /// <param name="seed">Its 32 random bytes.</param>
    /// <param name="nextSeed">The next epoch's.</param>
    /// <exception cref="ArgumentException">The stake does not fill the seats, or the budgets allow fewer seat changes an epoch.</exception>
    public static CommitteeSchedule Start(
        CommitteeSecurity security, ICommitteeSampler sampler, int intervalsPerEpoch, ShardLayout layout, IReadOnlyList<Validator> validators, ulong epoch, ReadOnlySpan<byte> seed, ReadOnlySpan<byte> nextSeed)
    {
        ArgumentNullException.ThrowIfNull(security);
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentOutOfRangeException.ThrowIfNegative(intervalsPerEpoch);
        if (security.Ordering is { } budget && intervalsPerEpoch > budget.SeatChangesPerEpoch)
            throw new ArgumentException($"Expected at most the {budget.SeatChangesPerEpoch} seat changes an epoch that the budget counts, got {intervalsPerEpoch}.", nameof(intervalsPerEpoch));
        CommitteeSet first = Draw(security, sampler, layout, validators, epoch, seed);
        return new CommitteeSchedule(security, sampler, intervalsPerEpoch, layout, first.Ordering, first, Draw(security, sampler, layout, validators, epoch + 1, nextSeed));
    }

    /// <summary>True if <see cref="Advance"/> takes these validators: what a registry asks before it lets one go.</summary>
    /// <param name="validators">The validators of the epoch to draw.</param>
    public bool CanAdvance(IReadOnlyList<Validator> validators)
    {
        ulong[] stakes = [.. validators.Select(validator => validator.Stake)];
        return _sampler.CanFill(stakes, _security.SizesOf(CommitteeDuty.Ordering, Layout)) && _sampler.CanFill(stakes, _security.SizesOf(CommitteeDuty.Attestation, Layout));
    }

    /// <summary>Event: the epoch ends. What was next is now in force, and the epoch after it is drawn and frozen.</summary>
    /// <param name="validators">The validators of the epoch to draw, in registry order.</param>
    /// <param name="seed">Its 32 random bytes.</param>
    /// <exception cref="ArgumentException">The stake does not fill the seats.</exception>
    public CommitteeSchedule Advance(IReadOnlyList<Validator> validators, ReadOnlySpan<byte> seed)
    {
        CommitteeAssignment outgoing = _intervals == 0 ? Next.Ordering : new CommitteeAssignment(Epoch, Layout.Shards.Select(shard => OrderingAt(shard.Id, 2 * _intervals)));
        return new CommitteeSchedule(_security, _sampler, _intervals, Layout, outgoing, Next, Draw(_security, _sampler, Layout, validators, Epoch + 2, seed));
    }

    /// <summary>Event: shards were split or merged.</summary>
    /// <param name="layout">The new layout, which remembers all shards of the old one.</param>
    /// <exception cref="ArgumentException">It does not follow the old one.</exception>
    public CommitteeSchedule Reshape(ShardLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        return new CommitteeSchedule(
            _security, _sampler, _intervals, layout, _outgoing.Reshaped(Layout, layout), Current.Reshaped(Layout, layout), Next.Reshaped(Layout, layout));
    }

    /// <summary>Event: a shard's committee failed, and all its seats are drawn afresh at once. No rotation: none of the old ones stays by right.</summary>
    /// <param name="duty">Which committee.</param>
    /// <param name="shard">A live shard.</param>
    /// <param name="attempt">1 for the first time in this epoch, then 2 and so on.</param>
    /// <param name="validators">The validators of this epoch, in registry order.</param>
    /// <param name="seed">32 random bytes that nobody knew before the failure.</param>
    /// <exception cref="ArgumentException">The shard is not live, the attempt is 0, or the stake does not fill the seats.</exception>
    public CommitteeSchedule Redraw(CommitteeDuty duty, ShardId shard, uint attempt, IReadOnlyList<Validator> validators, ReadOnlySpan<byte> seed)
    {
        Committee fresh = CommitteeAssignment.Redraw(seed, Epoch, duty, shard, attempt, validators, Layout, _security, _sampler);
        CommitteeAssignment outgoing = duty == CommitteeDuty.Ordering ? _outgoing.With(fresh) : _outgoing;
        return new CommitteeSchedule(_security, _sampler, _intervals, Layout, outgoing, Current.With(duty, fresh), Next);
    }

    /// <summary>The ordering committee in force at a moment of this epoch's rotation.</summary>
    /// <param name="shard">A live shard.</param>
    /// <param name="moment">0 at the start of the epoch, one more whenever a seat joins and whenever one leaves; see <see cref="CommitteeRotation"/>.</param>
    /// <exception cref="ArgumentException">No such shard.</exception>
    public Committee OrderingAt(ShardId shard, int moment) =>
        _intervals == 0 ? Current.Ordering.Of(shard) : new CommitteeRotation(_outgoing.Of(shard), Current.Ordering.Of(shard)).At(Math.Min(moment, 2 * _intervals));

    private static CommitteeSet Draw(CommitteeSecurity security, ICommitteeSampler sampler, ShardLayout layout, IReadOnlyList<Validator> validators, ulong epoch, ReadOnlySpan<byte> seed) => new(
        CommitteeAssignment.Draw(seed, epoch, CommitteeDuty.Ordering, validators, layout, security, sampler),
        CommitteeAssignment.Draw(seed, epoch, CommitteeDuty.Attestation, validators, layout, security, sampler));
}
