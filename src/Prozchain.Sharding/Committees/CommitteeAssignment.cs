using System.Buffers;
using System.Buffers.Binary;
using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Committees;

/// <summary>
/// The committees of all shards of one duty in one epoch, drawn in the order of the layout. A function of seed, epoch,
/// validators, layout and rules alone. Immutable.
/// </summary>
public sealed class CommitteeAssignment
{
    private readonly Dictionary<ShardId, Committee> _committees;
    private object? _hash;

    internal CommitteeAssignment(ulong epoch, IEnumerable<Committee> committees)
    {
        Epoch = epoch;
        _committees = committees.ToDictionary(committee => committee.Shard);
    }

    /// <summary>The epoch.</summary>
    public ulong Epoch { get; }

    /// <summary>Draws committees of one size by <see cref="TicketSampler"/>, from as many tickets as there are seats.</summary>
    /// <param name="seed">The epoch's 32 random bytes.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="validators">The validators in registry order.</param>
    /// <param name="layout">The shards.</param>
    /// <param name="parameters">Seats and cap.</param>
    /// <exception cref="ArgumentException">The validators' stake does not fill the seats, or a class's floor is higher.</exception>
    public static CommitteeAssignment Draw(
        ReadOnlySpan<byte> seed, ulong epoch, IReadOnlyList<Validator> validators, ShardLayout layout, CommitteeParameters parameters)
    {
        parameters.Check();
        int floor = layout.Classes.Max(rules => rules.OrderingFloor);
        if (parameters.SeatsPerShard < floor) throw new ArgumentException($"Expected at least the {floor} seats that a class asks for, got {parameters.SeatsPerShard}.", nameof(parameters));
        if (seed.Length != Digest.Size) throw new ArgumentException($"Expected a seed of {Digest.Size} bytes, got {seed.Length}.", nameof(seed));
        Span<byte> input = stackalloc byte[Digest.Size + sizeof(ulong)];
        seed.CopyTo(input);
        BinaryPrimitives.WriteUInt64LittleEndian(input[Digest.Size..], epoch);
        int[] sizes = new int[layout.Shards.Count];
        Array.Fill(sizes, parameters.SeatsPerShard);
        return Draw(Domains.Committee.Hash(input).Span, epoch, validators, layout, sizes, new TicketSampler(parameters.MaxTicketsPerValidator, poolTickets: 1));
    }

    /// <summary>Draws the committees of a duty: the seats that the security asks for, or more where a class's floor does.</summary>
    /// <param name="seed">The epoch's 32 random bytes; the same serve all duties.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="duty">The duty.</param>
    /// <param name="validators">The validators in registry order.</param>
    /// <param name="layout">The shards.</param>
    /// <param name="security">Seats.</param>
    /// <param name="sampler">The dialect.</param>
    /// <exception cref="ArgumentException">The validators' stake does not fill the seats.</exception>
    public static CommitteeAssignment Draw(
        ReadOnlySpan<byte> seed, ulong epoch, CommitteeDuty duty, IReadOnlyList<Validator> validators, ShardLayout layout, CommitteeSecurity security, ICommitteeSampler sampler)
    {
        ArgumentNullException.ThrowIfNull(security);
        ArgumentNullException.ThrowIfNull(sampler);
        Dictionary<LayoutClass, int> seats = layout.Classes.ToDictionary(rules => rules.Class, rules => security.SeatsOf(duty, layout, rules.Class));
        int[] sizes = [.. layout.Shards.Select(shard => seats[shard.Class])];
        return Draw(SeedOf(seed, epoch, duty, default, attempt: 0).Span, epoch, validators, layout, sizes, sampler);
    }

    /// <summary>Draws one shard's committee afresh from the whole pool, bound to the shard and the attempt: the answer to a halt.</summary>
    /// <param name="seed">32 random bytes that nobody knew before the halt.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="duty">The duty.</param>
    /// <param name="shard">The live shard that halted.</param>
    /// <param name="attempt">1 for the first fresh draw of the shard in the epoch, then 2 and so on.</param>
    /// <param name="validators">The validators in registry order.</param>
    /// <param name="layout">The shards.</param>
    /// <param name="security">Seats.</param>
    /// <param name="sampler">The dialect.</param>
    /// <exception cref="ArgumentException">The shard is not live, the attempt is 0, or the stake does not fill the seats.</exception>
    public static Committee Redraw(
        ReadOnlySpan<byte> seed, ulong epoch, CommitteeDuty duty, ShardId shard, uint attempt, IReadOnlyList<Validator> validators, ShardLayout layout, CommitteeSecurity security, ICommitteeSampler sampler)
    {
        ArgumentNullException.ThrowIfNull(security);
        ArgumentNullException.ThrowIfNull(sampler);
        ArgumentOutOfRangeException.ThrowIfZero(attempt);
        if (!layout.TryGetInfo(shard, out ShardInfo? info) || !info.IsLive) throw new ArgumentException($"Expected a live shard, got {shard}.", nameof(shard));
        var seats = new int[security.SeatsOf(duty, layout, info.Class)];
        sampler.Draw(SeedOf(seed, epoch, duty, shard, attempt).Span, Stakes(validators), [seats.Length], seats);
        return Committee.FromSeats(shard, epoch, seats, validators);
    }

    /// <summary>The committee of a shard.</summary>
    /// <param name="shard">A shard of the layout that was drawn for.</param>
    /// <exception cref="ArgumentException">No such shard.</exception>
    public Committee Of(ShardId shard) =>
        _committees.TryGetValue(shard, out Committee? committee) ? committee : throw new ArgumentException($"Expected a shard of epoch {Epoch}, got {shard}.", nameof(shard));

    internal bool TryGet(ShardId shard, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Committee? committee) => _committees.TryGetValue(shard, out committee);

    /// <summary>Hash of the wire form.</summary>
    internal Digest Hash
    {
        get
        {
            if (_hash is Digest known) return known;
            var output = new ArrayBufferWriter<byte>();
            Write(output);
            var hash = new Digest(Domains.CommitteeAssignment.Hash(output.WrittenSpan));
            _hash = hash;
            return hash;
        }
    }

    internal void Write(IBufferWriter<byte> output) => AssignmentCodec.Write(_committees.Values, output);

    /// <summary>True if these are committees of exactly a layout's shards, and of ended ones where there may be such, of members of a set.</summary>
    internal bool IsOf(ShardLayout layout, bool mayHaveEnded, ValidatorSet set) => layout.Shards.All(shard => _committees.ContainsKey(shard.Id))
        && (mayHaveEnded ? _committees.Keys.All(shard => layout.TryGetInfo(shard, out _)) : _committees.Count == layout.Shards.Count)
        && _committees.Values.SelectMany(committee => committee.Members).Select(member => member.PublicKey).Distinct(KeyBytes.Instance).All(key => set.IndexOf(key.Span) >= 0);

    internal IEnumerable<Committee> All => _committees.Values;

    internal CommitteeAssignment With(Committee committee) => new(Epoch, [.. _committees.Values.Where(other => other.Shard != committee.Shard), committee]);

    /// <summary>
    /// The same committees after splits and merges: both children of a shard have all its seats, and a merged shard has the
    /// seats of both parents in turn, up to as many as the larger parent had.
    /// </summary>
    /// <param name="before">The layout of these committees.</param>
    /// <param name="after">The layout after the changes.</param>
    /// <param name="keepsEnded">True if those of the shards that ended stay: what they certified is still to be checked.</param>
    internal CommitteeAssignment Reshaped(ShardLayout before, ShardLayout after, bool keepsEnded = false)
    {
        var committees = new Dictionary<ShardId, Committee>(_committees);
        foreach (ShardInfo shard in after.Lineage.Where(shard => shard.BornVersion > before.Version))
        {
            if (shard.Parents.Any(parent => !committees.ContainsKey(parent))) throw new ArgumentException($"Expected a layout that follows version {before.Version} and remembers the way, got version {after.Version}.", nameof(after));
            committees.Add(shard.Id, shard.Parents.Count == 1
                ? committees[shard.Parents[0]].For(shard.Id, Epoch)
                : Committee.Cut(shard.Id, committees[shard.Parents[0]], committees[shard.Parents[1]]));
        }
        if (after.Shards.Any(shard => !committees.ContainsKey(shard.Id))) throw new ArgumentException($"Expected a layout that follows version {before.Version}, got version {after.Version}.", nameof(after));
        return new CommitteeAssignment(Epoch, keepsEnded ? committees.Values : after.Shards.Select(shard => committees[shard.Id]));
    }

    private static CommitteeAssignment Draw(ReadOnlySpan<byte> seed, ulong epoch, IReadOnlyList<Validator> validators, ShardLayout layout, int[] sizes, ICommitteeSampler sampler)
    {
        var seats = new int[Committees.Seats.Sum(sizes)];
        sampler.Draw(seed, Stakes(validators), sizes, seats);
        var committees = new Committee[sizes.Length];
        for (int i = 0, at = 0; i < committees.Length; at += sizes[i++])
            committees[i] = Committee.FromSeats(layout.Shards[i].Id, epoch, seats.AsSpan(at, sizes[i]), validators);
        return new CommitteeAssignment(epoch, committees);
    }

    private static ulong[] Stakes(IReadOnlyList<Validator> validators) => [.. validators.Select(validator => validator.Stake)];

    private static Shared.Bytes32 SeedOf(ReadOnlySpan<byte> seed, ulong epoch, CommitteeDuty duty, ShardId shard, uint attempt)
    {
        if (seed.Length != Digest.Size) throw new ArgumentException($"Expected a seed of {Digest.Size} bytes, got {seed.Length}.", nameof(seed));
        Span<byte> input = stackalloc byte[Digest.Size + sizeof(ulong) + 1 + sizeof(ulong) + sizeof(uint)];
        seed.CopyTo(input);
        BinaryPrimitives.WriteUInt64LittleEndian(input[Digest.Size..], epoch);
        input[Digest.Size + sizeof(ulong)] = (byte)duty;
        BinaryPrimitives.WriteUInt64LittleEndian(input[^12..], shard.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(input[^4..], attempt);
        return Domains.CommitteeSeed.Hash(input);
    }
}
