using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Evidence;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;

namespace Prozchain.Sharding.Tests.Support;

/// <summary>A beacon that is driven block by block, with its ledger counted anew from the records after each.</summary>
internal sealed class BeaconWorld
{
    public const int FirstWallet = 100;

    public BeaconWorld(int validators = 5, ulong stake = 1000, int shards = 2, Func<BeaconOptions, BeaconOptions>? with = null)
    {
        ShardLayout layout = ShardLayout.Create(shards);
        Options = new BeaconOptions
        {
            ChainId = TestNetwork.ChainId,
            Layout = layout,
            Genesis = [.. layout.Shards.Select(shard => Start(shard.Id))],
            Validators = [.. Enumerable.Range(FirstWallet, validators).Select(i => new Validator(Key(i), stake) { RandomnessKey = TestVrf.KeyOf(i) })],
            UnsafeDevelopment = new CommitteeParameters(6),
            BlocksPerEpoch = 4,
            Randomness = new SeededRandomness(new byte[32]),
            Verifier = new TestVerifier(),
            Deposits = Deposits,
        };
        if (with is not null) Options = with(Options);
        State = BeaconFold.Genesis(Options);
    }

    public BeaconOptions Options { get; }

    public DepositLog Deposits { get; } = new();

    public BeaconState State { get; private set; }

    public BeaconBlock? Last { get; private set; }

    /// <summary>Each output of every block so far.</summary>
    public List<WithdrawalReceipt> Paid { get; } = [];

    /// <summary>The block's place in its epoch, from 0.</summary>
    public int Slot => (int)(State.Height % (ulong)Options.BlocksPerEpoch);

    public static ReadOnlyMemory<byte> Key(int wallet) => TestNetwork.Wallet(wallet).PublicKey;

    public static int WalletOf(ReadOnlySpan<byte> key)
    {
        for (int i = 0; i < 512; i++)
            if (Key(i).Span.SequenceEqual(key)) return i;
        return -1;
    }

    public BeaconVerdict Try(BeaconBody body) => BeaconFold.Apply(Options, State, BeaconFold.Propose(Options, State, State.TimeMs + 1, body), out _);

    public BeaconState Next(BeaconBody? body = null)
    {
        body ??= new BeaconBody();
        if (Options.Reveals is not null && body.Reveals.Count == 0) body = body with { Reveals = Due() };
        return Put(body);
    }

    /// <summary>A block with these reveals and no other.</summary>
    public void Apply(Reveal[] reveals) => Put(new BeaconBody { Reveals = reveals });

    private BeaconState Put(BeaconBody body)
    {
        BeaconBlock block = BeaconFold.Propose(Options, State, State.TimeMs + 1, body);
        BeaconVerdict verdict = BeaconFold.Apply(Options, State, block, out BeaconState after);
        Assert.True(verdict.IsValid, verdict.ToString());
        Last = block;
        State = after;
        Paid.AddRange(after.Outputs.Withdrawals);
        Count();
        return after;
    }

    /// <summary>Goes on to an epoch; shards that are to be cut end theirs, and no other anchors anything.</summary>
    public void ToEpoch(ulong epoch)
    {
        while (State.Epoch < epoch)
            Next(new BeaconBody { Anchors = Slot < Options.BlocksPerEpoch - 1 ? [] : [.. State.Layout.Shards.Where(shard => State.IsScheduled(shard.Id) && !State.IsFrozen(shard.Id)).Select(shard => Anchor(shard.Id, kind: MicroBlockKind.Terminal))] });
    }

    /// <summary>A block in which all shards but one move.</summary>
    public void StepWithout(ShardId stalled) => Next(new BeaconBody { Anchors = [.. AnchorAll().Where(anchor => anchor.Header.Shard != stalled)] });

    public void ToEpochWithout(ulong epoch, ShardId stalled)
    {
        while (State.Epoch < epoch) StepWithout(stalled);
    }

    /// <summary>The honest reveal of this block's slot.</summary>
    public Reveal[] Due() => State.Revealer(Slot) is { } revealer && State.TryGetValidator(revealer.PublicKey, out ValidatorRecord? record) && !record.IsConvicted ? [RevealOf(Slot)] : [];

    public Reveal RevealOf(int slot)
    {
        Assert.True(State.TryGetValidator(State.Revealer(slot)!.PublicKey, out ValidatorRecord? record));
        return new Reveal(slot, TestVrf.Prove(record.RandomnessKey.Span, RevealRules.Message(Options.ChainId, State.Epoch, slot)));
    }

    public Deposit Join(int wallet, ulong amount, bool signed = true)
    {
        byte[] key = TestVrf.KeyOf(wallet);
        byte[] proof = Options.Reveals is null ? [] : TestVrf.Prove(key, Deposit.RandomnessMessage(Options.ChainId, Key(wallet).Span, key));
        return Vouch(Deposit.Join(TestNetwork.Wallet(wallet), signed ? Options.ChainId : 99, Deposits.Count, amount, TestNetwork.AddressOf(wallet), key, proof));
    }

    public Deposit Vouch(Deposit deposit)
    {
        Deposits.Append(TestNetwork.Encode(deposit.Write));
        return deposit;
    }

    public ExitOrder Exit(int wallet) => ExitOrder.Sign(TestNetwork.Wallet(wallet), Options.ChainId, State.Epoch);

    /// <summary>The shard's next headers, finalized by those members of its committee whose wallets are let; a terminal one by its closing one.</summary>
    public FinalityProof Anchor(
        ShardId shard, Func<int, bool>? votes = null, ulong? epoch = null, Committee? committee = null, int headers = 1, ulong skip = 0, MicroBlockKind kind = MicroBlockKind.Ordinary)
    {
        OrderingAnchor tip = State.TipOf(shard);
        OrderingInstance instance = committee is null ? State.Runs.InstanceOf(Options, shard, State.MomentOf(shard)) : State.RunsOf(shard, committee.Epoch) is { } runs && runs.At(shard, 0).SeatOwners().SequenceEqual(committee.SeatOwners(), KeyBytes.Instance) ? runs.InstanceOf(Options, shard, 0)
            : new OrderingInstance(Options.ChainId, committee, new byte[32], Options.ViewsPerTerm);
        var chain = new List<MicroHeader>();
        for (int i = 0; i < headers; i++)
        {
            ulong height = tip.Height + skip + (ulong)i + 1;
            chain.Add(Header(instance, height, i > 0 ? chain[i - 1].Hash : skip > 0 ? TestNetwork.Key((int)height) : tip.Hash, i == headers - 1 ? kind : MicroBlockKind.Ordinary, epoch));
        }
        if (kind == MicroBlockKind.Terminal) chain.Add(Header(instance, chain[^1].Height + 1, chain[^1].Hash, MicroBlockKind.Closing, epoch));
        return Prove(instance, chain, votes);
    }

    /// <summary>A proof with the signatures of those members whose wallets are let.</summary>
    public static FinalityProof Prove(OrderingInstance instance, IReadOnlyList<MicroHeader> headers, Func<int, bool>? votes = null)
    {
        MicroHeader last = headers[^1];
        var shares = new List<CertificateShare>();
        for (int i = 0; i < instance.Committee.Members.Count; i++)
        {
            int wallet = WalletOf(instance.Committee.Members[i].PublicKey.Span);
            if (votes is not null && !votes(wallet)) continue;
            var signature = new byte[65];
            TestNetwork.Wallet(wallet).Sign(instance.MessageFor(OrderingVoteKind.Finalize, last.View, last.Hash).Span, signature);
            shares.Add(new CertificateShare(i, signature));
        }
        var scheme = new SignatureListScheme(instance.Committee, new TestVerifier());
        var proof = new byte[scheme.Sizes.MaxCertificate];
        int length = scheme.Combine(default, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(shares), proof);
        return FinalityProof.Of(headers, new OrderingCertificate(OrderingVoteKind.Finalize, last.View, last.Hash, proof.AsMemory(0, length)));
    }

    public FinalityProof[] AnchorAll() => [.. State.Layout.Shards.Where(shard => !State.IsFrozen(shard.Id)).Select(shard => Anchor(shard.Id))];

    public ReadOnlyMemory<byte> Say(int wallet, in Statement statement)
    {
        var signature = new byte[65];
        TestNetwork.Wallet(wallet).Sign(statement.Message(Options.ChainId).Span, signature);
        return signature;
    }

    public FaultEvidence Twice(int wallet, ulong? epoch = null, ulong view = 3)
    {
        var one = new Statement(1, State.Layout.Shards[0].Id, epoch ?? State.Epoch, view, TestNetwork.Key(1));
        Statement other = one with { Digest = TestNetwork.Key(2) };
        return FaultEvidence.Equivocation(Key(wallet), one, Say(wallet, one), other, Say(wallet, other), TestNetwork.AddressOf(0));
    }

    /// <summary>Finality of the next beacon block, whose header states what this one led to.</summary>
    public FinalityProof Certify(BeaconBlock block, ValidatorSet set, Func<int, bool>? votes = null, ulong? epoch = null)
    {
        OrderingInstance run = BeaconRun.InstanceOf(Options.ChainId, epoch ?? block.Header.Epoch, set);
        var stating = new MicroHeader
        {
            Kind = MicroBlockKind.Ordinary, ChainId = run.ChainId, Shard = BeaconRun.Shard, Epoch = run.Committee.Epoch, Instance = run.Id, View = 2, ParentView = 1, Height = block.Header.Height + 1,
            Parent = TestNetwork.Key(1), TimeMs = block.Header.TimeMs, BodyRoot = MicroBlock.RootOf([]), BodyLength = 0, ReceiptsRoot = block.Hash, WriteDigest = TestNetwork.Key(2), StateRoot = default,
        };
        return Prove(run, [stating], votes);
    }

    public static AnchorEntry Start(ShardId shard) => AnchorEntry.Genesis(shard, new OrderingAnchor(TestNetwork.Key((int)shard.Value), 0, 0), TestNetwork.Key((int)shard.Value * 1000));

    /// <summary>A header; of odd heights sealing ones.</summary>
    public static MicroHeader Header(OrderingInstance instance, ulong height, in Digest parent, MicroBlockKind kind = MicroBlockKind.Ordinary, ulong? epoch = null) => new()
    {
        Kind = kind, ChainId = instance.ChainId, Shard = instance.Committee.Shard, Epoch = epoch ?? instance.Committee.Epoch, Instance = instance.Id, View = height + 1, ParentView = height,
        Height = height, Parent = parent, TimeMs = 0, BodyRoot = default, BodyLength = 0, ReceiptsRoot = TestNetwork.Key((int)height), WriteDigest = default,
        StateRoot = height % 2 == 1 && kind != MicroBlockKind.Closing ? TestNetwork.Key((int)(instance.Committee.Shard.Value * 1000 + height)) : default,
    };

    private void Count()
    {
        StakeLedger ledger = State.Ledger;
        Assert.True(ledger.IsBalanced, ledger.ToString());
        UInt128 active = 0, exiting = 0, paid = 0;
        foreach (ValidatorRecord record in State.Records)
            if (record.ExitEpoch == ValidatorRecord.Never) active += record.Stake; else exiting += record.Stake;
        foreach (WithdrawalReceipt receipt in Paid) paid += receipt.Amount;
        Assert.Equal((active, exiting, paid), (ledger.Active, ledger.Exiting, ledger.Withdrawn));
        for (int i = 0; i < Paid.Count; i++) Assert.Equal((ulong)i, Paid[i].Index);
    }
}
