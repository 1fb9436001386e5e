using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Consensus;

/// <summary>
/// The chain of one shard as a state machine: transfers, anchored headers of other shards, their bundles and blocks go
/// in; blocks and outbound bundles come out. The time is an argument; nothing here waits, sends or draws. One caller at
/// a time.
/// </summary>
/// <remarks>
/// <see cref="Propose"/> changes nothing: a proposed block counts once <see cref="Apply(ShardBlock)"/> took it, which a host does
/// when the beacon has anchored its header: one that is certified but not anchored ends with its epoch. Certificates are
/// the host's and the beacon's matter.
/// </remarks>
public sealed class ShardChain
{
    private readonly ShardChainOptions _options;
    private readonly TrieStore _accounts;
    private readonly ChannelTable _channels = new();
    private readonly AnchorBook _anchors;
    private readonly Inbox _inbox;
    private readonly Outbox _outbox = new();
    private readonly Mempool _pool;
    private Proposal? _proposal;

    /// <summary>Starts the chain at genesis.</summary>
    /// <param name="options">The shard's rules and genesis.</param>
    /// <exception cref="ArgumentException">The shard is not of the layout, or the genesis is not valid.</exception>
    public ShardChain(ShardChainOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Limits.Check();
        if (!options.Layout.IsLive(options.Shard) || !options.Layout.TryGetInfo(options.Shard, out ShardInfo? info))
            throw new ArgumentException($"Expected a shard of the layout, got {options.Shard}.", nameof(options));
        _options = options;
        _accounts = new TrieStore(info.Prefix, info.Depth);
        _anchors = new AnchorBook(options.Limits.MaxAnchors);
        _inbox = new Inbox(options.Limits.MaxWaitingReceipts);
        _pool = new Mempool(options.Limits.MaxPooledTransfers);
        Tip = MakeGenesis();
    }

    /// <summary>The shard.</summary>
    public ShardId Shard => _options.Shard;

    /// <summary>The last header applied.</summary>
    public ShardHeader Tip { get; private set; }

    /// <summary>The epoch that new blocks carry.</summary>
    public ulong Epoch { get; private set; }

    /// <summary>Transfers that wait in the pool.</summary>
    public int PooledTransfers => _pool.Count;

    /// <summary>Sum of all amounts sent to other shards and not yet acknowledged by them.</summary>
    public UInt128 ValueInFlight => _outbox.Value;

    /// <summary>The bundles that the last block applied sends, by destination: to be carried to those shards.</summary>
    public IReadOnlyList<ProvenBundle> LastSent { get; private set; } = [];

    internal TrieStore Accounts => _accounts;

    /// <summary>What the state holds under an address; the default account for one that never sent or received.</summary>
    /// <param name="address">An address of this shard.</param>
    /// <exception cref="ArgumentException">An address of another shard.</exception>
    public Account GetAccount(in Address address) => GetAccount(KeyOf(address));

    /// <summary>Proves what <see cref="GetAccount(in Address)"/> says, against the state root of <see cref="Tip"/>.</summary>
    /// <param name="address">An address of this shard.</param>
    /// <exception cref="ArgumentException">An address of another shard.</exception>
    public StateProof ProveAccount(in Address address) => _accounts.Prove(KeyOf(address));

    /// <summary>Sequence of the last bundle applied from a shard: bundles up to it need not be resent.</summary>
    /// <param name="source">The source.</param>
    public ulong Watermark(ShardId source) => _channels.Received(source);

    /// <summary>Event: the beacon entered an epoch.</summary>
    /// <param name="epoch">The epoch, not before the current one.</param>
    public void BeginEpoch(ulong epoch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(epoch, Epoch);
        if (epoch != Epoch) _proposal = null;
        Epoch = epoch;
    }

    /// <summary>Event: somebody hands a transfer in.</summary>
    /// <param name="transfer">The transfer; everything about it is checked, the signature last.</param>
    public SubmitResult Submit(Transfer transfer)
    {
        ArgumentNullException.ThrowIfNull(transfer);
        SubmitResult result = Check(transfer);
        if (result != SubmitResult.Accepted) return result;
        if (!_options.Verifier.Verify(transfer.PublicKey.Span, transfer.Id.Span, transfer.Signature.Span)) return SubmitResult.BadSignature;
        _pool.Add(transfer);
        return SubmitResult.Accepted;
    }

    /// <summary>Event: the beacon anchored a header of another shard; the caller has that from the beacon.</summary>
    /// <param name="header">The header.</param>
    public AnchorResult Anchor(ShardHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        if (header.ChainId != _options.ChainId || header.Shard == Shard || !_options.Layout.IsLive(header.Shard)) return AnchorResult.WrongShard;
        return _anchors.Add(header, _inbox.HeightsOf);
    }

    /// <summary>Event: a bundle came from another shard; doubled, late or early ones do no harm.</summary>
    /// <param name="proven">The bundle with its proof.</param>
    public BundleResult Receive(in ProvenBundle proven)
    {
        ulong watermark = _channels.Received(proven.Bundle.Source);
        if (proven.Bundle.Destination == Shard && proven.Bundle.Sequence <= watermark) return BundleResult.Duplicate;
        BundleResult origin = BlockVerifier.CheckOrigin(_options.Layout, Shard, _anchors, proven);
        return origin == BundleResult.Accepted ? _inbox.Add(proven, watermark) : origin;
    }

    /// <summary>Event: a destination has applied this shard's bundles up to a sequence; they are not resent any more.</summary>
    /// <param name="destination">The destination.</param>
    /// <param name="watermark">Its <see cref="Watermark"/> for this shard.</param>
    /// <returns>The number of receipts that were in flight until now.</returns>
    public int Acknowledge(ShardId destination, ulong watermark) => _outbox.Acknowledge(destination, watermark);

    /// <summary>The bundles sent to a shard and not acknowledged, oldest first, for sending and resending.</summary>
    /// <param name="destination">The destination.</param>
    public IEnumerable<ProvenBundle> InFlight(ShardId destination) => _outbox.InFlight(destination);

    /// <summary>Event: it is this node's turn. Builds the next block from what waits; changes nothing yet.</summary>
    /// <param name="nowMs">The time, Unix milliseconds, not before the tip's.</param>
    /// <param name="maxBytes">The most bytes of the block on the wire; a bundle alone may need 73 for each of a block's transfers.</param>
    public ShardBlock Propose(long nowMs, int maxBytes = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(nowMs, Tip.TimeMs);
        var execution = new BlockExecution(_options, _accounts, _channels);
        var skipped = new HashSet<ShardId>();
        long bytes = 1 + ShardHeader.Size;
        foreach (ProvenBundle proven in _inbox.Ready(_channels.Received))
        {
            if (skipped.Contains(proven.Bundle.Source)) continue;
            long size = proven.Bundle.EncodedLength + proven.Proof.EncodedLength;
            bool fits = execution.Bundles < WireLimits.MaxBundles && execution.Receipts + proven.Bundle.Receipts.Count <= _options.Limits.MaxReceipts && bytes + size <= maxBytes;
            if (!fits || execution.TryAdd(proven) != BlockResult.Valid) skipped.Add(proven.Bundle.Source); else bytes += size;
        }
        foreach (Transfer transfer in _pool.Head)
        {
            bytes += Transfer.Size + 1;
            if (execution.Transfers == _options.Limits.MaxTransfers || bytes > maxBytes) break;
            if (execution.TryAdd(transfer, out _) != TransferRejection.None)
                throw new System.Diagnostics.UnreachableException($"Expected the pool to hold executable transfers, got {transfer.Id}.");
        }
        ShardBlock block = execution.Seal(Tip, nowMs, Epoch, out ProvenBundle[] outbound);
        _proposal = new Proposal(block, outbound);
        return block;
    }

    /// <summary>Recomputes every root of a block over the current state; changes nothing.</summary>
    /// <param name="block">A block from anywhere.</param>
    public BlockVerdict Verify(ShardBlock block)
    {
        _proposal = null;
        return Verify(block, checkSignatures: true, out _);
    }

    /// <summary>Event: a block is final. Verifies it, unless it is the one just proposed here, and takes it if valid.</summary>
    /// <param name="block">The block.</param>
    /// <returns>What is wrong with the block; if anything, nothing changed.</returns>
    public BlockVerdict Apply(ShardBlock block) => Apply(block, checkSignatures: true);

    internal BlockVerdict Apply(ShardBlock block, bool checkSignatures)
    {
        bool own = _proposal is { } proposal && ReferenceEquals(proposal.Block, block);
        ProvenBundle[] outbound;
        if (own) outbound = _proposal!.Value.Outbound;
        else
        {
            _proposal = null;
            BlockVerdict verdict = Verify(block, checkSignatures, out outbound);
            if (!verdict.IsValid) return verdict;
        }
        _accounts.Commit();
        _channels.Commit();
        _proposal = null;
        Tip = block.Header;
        LastSent = outbound;
        foreach (ProvenBundle proven in outbound) _outbox.Add(proven);
        foreach (ProvenBundle proven in block.Inbound)
        {
            _inbox.RemoveUpTo(proven.Bundle.Source, proven.Bundle.Sequence);
            _anchors.Prune(proven.Bundle.Source, proven.Bundle.SourceHeight);
        }
        if (own) _pool.RemoveHead(block.Transfers.Count);
        else if (_pool.Count > 0) _pool.Refilter(key => GetAccount(key).Nonce);
        return new BlockVerdict(BlockResult.Valid);
    }

    /// <summary>All checks of <see cref="Submit"/> but the signature.</summary>
    internal SubmitResult Check(Transfer transfer)
    {
        if (transfer.ChainId != _options.ChainId) return SubmitResult.WrongChain;
        if (_options.Layout.ShardOf(transfer.Sender) != Shard) return SubmitResult.WrongShard;
        return _pool.Check(transfer, GetAccount(transfer.Sender).Nonce);
    }

    /// <summary>Admits a transfer whose signature the caller has verified.</summary>
    internal void AddChecked(Transfer transfer) => _pool.Add(transfer);

    internal AnchorBook Anchors => _anchors;

    private BlockVerdict Verify(ShardBlock block, bool checkSignatures, out ProvenBundle[] outbound)
    {
        ArgumentNullException.ThrowIfNull(block);
        var execution = new BlockExecution(_options, _accounts, _channels);
        return BlockVerifier.Verify(_options, Tip, Epoch, _anchors, execution, block, checkSignatures, out outbound);
    }

    private Digest KeyOf(in Address address)
    {
        ShardId shard = _options.Layout.ShardOf(address);
        return shard == Shard ? address.Digest : throw new ArgumentException($"Expected an address of shard {Shard}, got one of shard {shard}.", nameof(address));
    }

    private Account GetAccount(in Digest key) => _accounts.TryGet(key, out ReadOnlySpan<byte> value) ? Account.Read(value) : default;

    private ShardHeader MakeGenesis()
    {
        var writes = new List<StateWrite>();
        UInt128 supply = 0;
        foreach (GenesisAccount account in _options.Accounts)
        {
            if (!SignatureSchemes.IsKnown(account.Address.Scheme)) throw new ArgumentException($"Expected addresses of a known scheme, got scheme {account.Address.Scheme}.", nameof(_options));
            supply += account.Balance;
            if (account.Balance == 0 || _options.Layout.ShardOf(account.Address) != Shard) continue;
            writes.Add(new StateWrite(account.Address.Digest, new Account(0, account.Balance).ToBytes()));
        }
        // Value is never made, so this bound holds for every sum of balances later.
        if (supply > ulong.MaxValue) throw new ArgumentException($"Expected balances of at most {ulong.MaxValue} in sum, got {supply}.", nameof(_options));
        _accounts.Stage(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(writes));
        _accounts.Commit();
        return new ShardHeader
        {
            ChainId = _options.ChainId,
            Shard = Shard,
            Height = 0,
            Parent = default,
            TimeMs = 0,
            Epoch = 0,
            TransfersRoot = new Digest(TreeHash.Empty),
            InboundRoot = new Digest(TreeHash.Empty),
            ReceiptsRoot = new Digest(TreeHash.Empty),
            StateRoot = _accounts.Root,
            ChannelsRoot = _channels.Root,
            Transfers = 0,
            InboundBundles = 0,
            OutboundBundles = 0,
        };
    }

    private readonly record struct Proposal(ShardBlock Block, ProvenBundle[] Outbound);
}
