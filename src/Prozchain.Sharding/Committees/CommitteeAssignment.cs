using System.Buffers.Binary;
using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Committees;

/// <summary>
/// The committees of all shards in one epoch: stake is dealt as tickets, the tickets are permuted by
/// <see cref="SwapOrNotShuffle"/>, and the first seats × shards of them are cut into committees in the order of the
/// layout. A function of seed, epoch, validators and layout alone.
/// </summary>
public sealed class CommitteeAssignment
{
    private readonly Dictionary<ShardId, Committee> _committees = [];

    private CommitteeAssignment(ulong epoch) => Epoch = epoch;

    /// <summary>The epoch.</summary>
    public ulong Epoch { get; }

    /// <summary>Draws the committees.</summary>
    /// <param name="seed">The epoch's 32 random bytes.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="validators">The validators in registry order.</param>
    /// <param name="layout">The shards.</param>
    /// <param name="parameters">Seats and cap.</param>
    /// <exception cref="ArgumentException">The validators' stake does not fill the seats.</exception>
    public static CommitteeAssignment Draw(
        ReadOnlySpan<byte> seed, ulong epoch, IReadOnlyList<Validator> validators, ShardLayout layout, CommitteeParameters parameters)
    {
        parameters.Check();
        if (seed.Length != Digest.Size) throw new ArgumentException($"Expected a seed of {Digest.Size} bytes, got {seed.Length}.", nameof(seed));
        var stakes = new ulong[validators.Count];
        for (int i = 0; i < stakes.Length; i++) stakes[i] = validators[i].Stake;
        int needed = layout.Shards.Count * parameters.SeatsPerShard;
        if (!StakeTickets.TryDeal(stakes, needed, parameters.CapFor(stakes.Length, needed), out int[] dealt))
            throw new ArgumentException($"Expected stake for {needed} tickets, got less from {stakes.Length} validators under the cap.", nameof(validators));

        var tickets = new List<int>(needed);
        for (int i = 0; i < dealt.Length; i++)
            for (int k = 0; k < dealt[i]; k++) tickets.Add(i);
        Span<byte> input = stackalloc byte[Digest.Size + sizeof(ulong)];
        seed.CopyTo(input);
        BinaryPrimitives.WriteUInt64LittleEndian(input[Digest.Size..], epoch);
        Span<int> drawn = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(tickets);
        SwapOrNotShuffle.Shuffle(drawn, Domains.Committee.Hash(input).Span);

        var assignment = new CommitteeAssignment(epoch);
        foreach (ShardInfo shard in layout.Shards)
        {
            assignment._committees.Add(shard.Id, Seat(shard.Id, epoch, drawn[..parameters.SeatsPerShard], validators));
            drawn = drawn[parameters.SeatsPerShard..];
        }
        return assignment;
    }

    /// <summary>Puts committees together that were drawn before: what a layout change or a redraw leaves of an assignment.</summary>
    internal static CommitteeAssignment Of(ulong epoch, IEnumerable<Committee> committees)
    {
        var assignment = new CommitteeAssignment(epoch);
        foreach (Committee committee in committees) assignment._committees.Add(committee.Shard, committee);
        return assignment;
    }

    /// <summary>The committee of a shard.</summary>
    /// <param name="shard">A shard of the layout that was drawn for.</param>
    /// <exception cref="ArgumentException">No such shard.</exception>
    public Committee Of(ShardId shard) =>
        _committees.TryGetValue(shard, out Committee? committee) ? committee : throw new ArgumentException($"Expected a shard of epoch {Epoch}, got {shard}.", nameof(shard));

    internal bool TryGet(ShardId shard, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Committee? committee) => _committees.TryGetValue(shard, out committee);

    private static Committee Seat(ShardId shard, ulong epoch, ReadOnlySpan<int> tickets, IReadOnlyList<Validator> validators)
    {
        var order = new List<int>();
        var seats = new Dictionary<int, int>();
        foreach (int validator in tickets)
        {
            if (!seats.TryGetValue(validator, out int held)) order.Add(validator);
            seats[validator] = held + 1;
        }
        return new Committee(shard, epoch, [.. order.Select(validator => new CommitteeMember(validators[validator].PublicKey, seats[validator]))]);
    }
}
