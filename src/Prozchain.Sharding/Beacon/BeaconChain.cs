using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Beacon;

/// <summary>
/// The beacon as a state machine: it knows the validators, draws each epoch's committees, and takes in shard headers
/// that a committee certified and that continue their shard's chain. One caller at a time.
/// </summary>
/// <remarks>
/// Who may make beacon blocks, and which of two counts, is the host's matter at this version: there is one beacon
/// proposer. Stake is as declared: nothing is locked for it, so a host takes joins only from those it trusts to.
/// </remarks>
public sealed class BeaconChain
{
    private readonly BeaconOptions _options;
    private readonly Dictionary<ShardId, ShardHeader> _anchored = [];
    private ValidatorRegistry _registry;

    /// <summary>Starts the beacon before its first block and draws the committees of epoch 0.</summary>
    /// <param name="options">Rules and genesis.</param>
    /// <exception cref="ArgumentException">A shard has no genesis header, or the validators cannot fill the seats.</exception>
    public BeaconChain(BeaconOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BlocksPerEpoch, 1);
        options.Committees.Check();
        _options = options;
        foreach (ShardHeader header in options.Genesis) _anchored[header.Shard] = header;
        foreach (ShardInfo shard in options.Layout.Shards)
            if (!_anchored.ContainsKey(shard.Id)) throw new ArgumentException($"Expected a genesis header of every shard, got none of {shard.Id}.", nameof(options));
        _registry = ValidatorRegistry.Create(options.Validators);
        Committees = Draw(0);
    }

    /// <summary>Height of the last block; 0 before the first.</summary>
    public ulong Height { get; private set; }

    /// <summary>Hash of the last block; zero before the first.</summary>
    public Digest Tip { get; private set; }

    /// <summary>Time of the last block, Unix milliseconds.</summary>
    public long TimeMs { get; private set; }

    /// <summary>The epoch of the next block, and thus of the headers that it may anchor.</summary>
    public ulong Epoch => Height / (ulong)_options.BlocksPerEpoch;

    /// <summary>The committees of <see cref="Epoch"/>.</summary>
    public CommitteeAssignment Committees { get; private set; }

    /// <summary>The validators of <see cref="Epoch"/>, sorted by public key.</summary>
    public IReadOnlyList<Validator> Validators => _registry.Active;

    /// <summary>The last anchored header of a shard; at first its genesis header.</summary>
    /// <param name="shard">A shard of the layout.</param>
    /// <exception cref="ArgumentException">No such shard.</exception>
    public ShardHeader Anchored(ShardId shard) =>
        _anchored.TryGetValue(shard, out ShardHeader? header) ? header : throw new ArgumentException($"Expected a shard of the layout, got {shard}.", nameof(shard));

    /// <summary>Builds the next block from what is handed in; checks nothing and changes nothing.</summary>
    /// <param name="nowMs">The time, Unix milliseconds, not before the last block's.</param>
    /// <param name="anchors">Certified headers, in any order.</param>
    /// <param name="changes">Registry changes, in order.</param>
    /// <param name="records">Application records, in order.</param>
    public BeaconBlock Propose(long nowMs, IReadOnlyList<Anchor> anchors, IReadOnlyList<RegistryChange> changes, IReadOnlyList<ApplicationRecord> records)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(nowMs, TimeMs);
        Anchor[] sorted = [.. anchors];
        Array.Sort(sorted, static (a, b) => Order(a.Header, b.Header));
        return new BeaconBlock(_options.ChainId, Height + 1, Tip, Epoch, nowMs, sorted, [.. changes], [.. records]);
    }

    /// <summary>Checks a block against the current state; changes nothing.</summary>
    /// <param name="block">A block from anywhere.</param>
    public BeaconVerdict Verify(BeaconBlock block) => Verify(block, checkSignatures: true, out _);

    /// <summary>Event: a block is final. Takes it, if it is valid.</summary>
    /// <param name="block">The block.</param>
    /// <returns>What is wrong with the block; if anything, nothing changed.</returns>
    public BeaconVerdict Apply(BeaconBlock block) => Apply(block, checkSignatures: true);

    internal BeaconVerdict Apply(BeaconBlock block, bool checkSignatures)
    {
        BeaconVerdict verdict = Verify(block, checkSignatures, out ValidatorRegistry registry);
        if (!verdict.IsValid) return verdict;
        ulong epoch = Epoch;
        foreach (Anchor anchor in block.Anchors) _anchored[anchor.Header.Shard] = anchor.Header;
        Height = block.Height;
        Tip = block.Hash;
        TimeMs = block.TimeMs;
        _registry = registry;
        if (Epoch != epoch)
        {
            _registry = registry.NextEpoch();
            Committees = Draw(Epoch);
        }
        return verdict;
    }

    private BeaconVerdict Verify(BeaconBlock block, bool checkSignatures, out ValidatorRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(block);
        registry = _registry;
        if (block.ChainId != _options.ChainId) return new BeaconVerdict(BeaconResult.WrongChain);
        if (block.Height != Height + 1) return new BeaconVerdict(BeaconResult.WrongHeight);
        if (block.Parent != Tip) return new BeaconVerdict(BeaconResult.WrongParent);
        if (block.Epoch != Epoch) return new BeaconVerdict(BeaconResult.WrongEpoch);
        if (block.TimeMs < TimeMs) return new BeaconVerdict(BeaconResult.TimeBeforeParent);
        if (IsTooLarge(block)) return new BeaconVerdict(BeaconResult.TooLarge);
        BeaconVerdict anchors = VerifyAnchors(block.Anchors, checkSignatures);
        if (!anchors.IsValid) return anchors;
        for (int i = 0; i < block.Changes.Count; i++)
        {
            (RegistryResult result, ValidatorRegistry? changed) = registry.With(
                block.Changes[i], _options.ChainId, Epoch, _options.Committees, _options.Layout.Shards.Count, checkSignatures ? _options.Verifier : null);
            if (result != RegistryResult.Valid) return new BeaconVerdict(BeaconResult.BadRegistryChange, i, Registry: result);
            registry = changed!;
        }
        return new BeaconVerdict(BeaconResult.Valid);
    }

    private BeaconVerdict VerifyAnchors(IReadOnlyList<Anchor> anchors, bool checkSignatures)
    {
        var batch = new List<SignedMessage>();
        var ends = new int[anchors.Count];
        for (int i = 0; i < anchors.Count; i++)
        {
            ShardHeader header = anchors[i].Header;
            if (i > 0 && Order(anchors[i - 1].Header, header) >= 0) return new BeaconVerdict(BeaconResult.AnchorsNotSorted, i);
            if (header.ChainId != _options.ChainId || !Committees.TryGet(header.Shard, out Committee? committee)) return new BeaconVerdict(BeaconResult.UnknownShard, i);
            if (header.Epoch != Epoch) return new BeaconVerdict(BeaconResult.WrongAnchorEpoch, i);
            ShardHeader before = i > 0 && anchors[i - 1].Header.Shard == header.Shard ? anchors[i - 1].Header : _anchored[header.Shard];
            if (header.Height != before.Height + 1 || header.Parent != before.Hash) return new BeaconVerdict(BeaconResult.BrokenHeaderChain, i);
            CertificateResult shape = anchors[i].Certificate.CheckShape(committee, header.Hash, batch);
            if (shape != CertificateResult.Valid) return new BeaconVerdict(BeaconResult.BadCertificate, i, shape);
            ends[i] = batch.Count;
        }
        if (!checkSignatures) return new BeaconVerdict(BeaconResult.Valid);
        var valid = new bool[batch.Count];
        _options.Verifier.VerifyMany(batch.ToArray(), valid, _options.MaxDegreeOfParallelism);
        int bad = Array.IndexOf(valid, false);
        return bad < 0
            ? new BeaconVerdict(BeaconResult.Valid)
            : new BeaconVerdict(BeaconResult.BadCertificate, Array.FindIndex(ends, end => bad < end), CertificateResult.BadSignature);
    }

    private static bool IsTooLarge(BeaconBlock block) =>
        block.Anchors.Count > WireLimits.MaxAnchors || block.Changes.Count > WireLimits.MaxRegistryChanges
        || block.Records.Count > WireLimits.MaxRecords || block.Records.Sum(record => (long)record.Data.Length) > WireLimits.MaxRecordBytesPerBlock;

    private static int Order(ShardHeader a, ShardHeader b)
    {
        int order = a.Shard.CompareTo(b.Shard);
        return order != 0 ? order : a.Height.CompareTo(b.Height);
    }

    private CommitteeAssignment Draw(ulong epoch)
    {
        Span<byte> seed = stackalloc byte[Digest.Size];
        _options.Randomness.WriteSeed(epoch, seed);
        return CommitteeAssignment.Draw(seed, epoch, _registry.Active, _options.Layout, _options.Committees);
    }
}
