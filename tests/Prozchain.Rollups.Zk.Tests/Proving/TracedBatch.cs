using System.Buffers;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;
using Prozchain.Rollups.Zk.Proving;
using Prozchain.Rollups.Zk.Signatures;
using Prozchain.Testing;
using KeyTree = Prozchain.Rollups.Zk.Signatures.HashKeyTree<Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>>;
using Cells = Prozchain.Zk.Airs.Poseidon2Cells<Prozchain.Zk.Fields.KoalaBear>;
using Permutation = Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>;
using Tree = Prozchain.Rollups.Zk.State.PoseidonTree<Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>>;

namespace Prozchain.Rollups.Zk.Tests.Proving;

/// <summary>A batch of payments as its sequencer makes it: executed natively, signed, posted, with the state's part that it touches.</summary>
internal sealed class TracedBatch
{
    public const uint Chain = 77;
    public const byte Exponent = 12;

    private const int Height = 4;

    public static PaymentRules Rules { get; } = new(Chain, AccountAddress.FromNumber(0)) { Layout = AccountLayout.Numbered, AmountExponent = Exponent };

    public static L1Address Bridge { get; } = new([.. Enumerable.Repeat((byte)0xB0, L1Address.Size)]);

    public static BatchRules BatchRules { get; } = new(Rules, Bridge);

    private static readonly KeyTree[] s_trees = [.. Enumerable.Range(0, 8).Select(i => KeyTree.Generate([.. Enumerable.Repeat((byte)i, KeyTree.SeedSize)], Height))];
    private static readonly BatchContext s_context = new(Chain, 1, 1, 0);

    private readonly Payments<Tree> _native = new(Rules, new HashVerifier<Permutation>());
    private readonly StateStore<Tree> _before = new(), _now = new();
    private readonly RecordingState<Tree> _recording;
    private readonly List<Payment> _payments = [];
    private readonly List<SignatureInput> _signatures = [];
    private readonly List<ForcedInput> _forced = [];

    /// <summary>Accounts 0 to n - 1 have the first keys, some of each of three tokens.</summary>
    public TracedBatch(int accounts, ulong seed = 1)
    {
        SeededRandom random = new(seed);
        foreach (StateStore<Tree> store in new[] { _before, _now }) NumberedGenesis.Write<Tree>(store, s_trees[0].PublicKey.Span);
        Effects.Begin(s_context);
        for (int i = 1; i < accounts; i++) Deposit(AccountAddress.FromPublicKey(s_trees[i].PublicKey.Span), 0, 1_000_000);
        for (uint i = 0; i < accounts; i++)
            for (uint token = 0; token < 3; token++) Deposit(Alias(i), token, 500_000 + random.NextUInt64(1 << 20));
        _recording = new(_before);
        Assert.Equal(_now.Root(), _before.Root());
    }

    /// <summary>Names the circuit.</summary>
    public static Digest32 Setup => BatchRules.SetupOf(BatchKeys.Of<Cells>(Exponent));

    public static InboxHead Previous { get; } = new(default, 0, SourceKind.OffChain, default, 3, new Digest32(Enumerable.Repeat((byte)5, 32).ToArray()), 8, 80);

    public EffectLog Effects { get; } = new();

    public List<TransitionStatus> Statuses { get; } = [];

    public Digest32 RootAfter => _now.Root();

    public static AccountAddress Alias(uint number) => AccountAddress.FromNumber(number);

    public static byte[] KeyOf(int tree) => s_trees[tree].PublicKey.ToArray();

    public static Payment Transfer(uint sender, AccountAddress recipient, UInt128 amount, UInt128 fee = default) =>
        new() { Sender = Alias(sender), Recipient = recipient, Amount = amount, Fee = fee };

    /// <summary>Executes a payment; its sender and sponsor sign it if it is valid.</summary>
    public TransitionStatus Pay(Payment payment)
    {
        payment = payment with { IsBare = true };
        PaymentAccount? sender = Account(payment.Sender), sponsor = Account(payment.Sponsor);
        TransitionStatus status = Do((view, effects) => _native.Apply(payment, true, s_context, view, effects));
        bool isValid = status is TransitionStatus.Applied or TransitionStatus.InsufficientBalance or TransitionStatus.UnknownRecipient;
        Payment signed = payment with { Nonce = sender?.Nonce ?? 0 };
        ReadOnlyMemory<byte> none = payment.Sponsor.Scheme == 0 ? default : Unsigned();
        _signatures.Add(!isValid ? new(Unsigned(), none)
            : new(Sign(signed, sender!.Value, payment.KeySkip, false), payment.Sponsor.Scheme == 0 ? none : Sign(signed, sponsor!.Value, payment.SponsorSkip, true)));
        _payments.Add(payment);
        return status;
    }

    /// <summary>Executes a forced payment, which comes before all others; its nonce is what there is and some.</summary>
    public TransitionStatus Force(Payment payment, ulong tooMuch = 0)
    {
        PaymentAccount sender = Account(payment.Sender)!.Value;
        payment = payment with { Nonce = sender.Nonce + tooMuch };
        payment = payment with { Signed = new Authorization((byte[])[3, .. sender.KeyDigest.Span], Sign(payment, sender, 1, false)) };
        _forced.Add(new(false, default, 0, 0, StepItem.Of(payment, isForced: true).Data));
        bool[] authentic = [false];
        _native.Authenticate([payment], authentic);
        return Do((view, effects) => _native.Apply(payment, authentic[0], s_context, view, effects));
    }

    /// <summary>Executes a deposit, which comes before all payments.</summary>
    public TransitionStatus Force(InboundMessage deposit)
    {
        _forced.Add(new(true, Bridge, 0, 0, StepItem.Of(deposit).Data));
        return Do((view, effects) => _native.ApplyInbound(deposit, s_context, view, effects));
    }

    /// <summary>Queues bytes that are nothing.</summary>
    public void ForceNothing()
    {
        _forced.Add(new(false, default, 0, 0, new byte[] { 1, 2, 3 }));
        Steps.Add((_now.Root(), Effects.ExitRoot(), Effects.Count));
    }

    /// <summary>What a prover is told.</summary>
    public ProverInput Input(int segmentSteps = ProverInput.MaxSegmentSteps)
    {
        _recording.Read(PaymentKeys.Accounts<Tree>(), out _);
        var source = new ArrayBufferWriter<byte>();
        new BatchCodec<Payment>(new PaymentRows(Exponent), new BatchLimits(1 << 16, 1 << 24)).Write(new BatchHead(0, default, 0, 0, default, SignatureMode.None, _payments.Count) { Root = _before.Root() }, [.. _payments], [], source);
        return new()
        {
            Setup = Setup, ChainId = Chain, Time = 1, FeeRecipient = 0, RootBefore = _before.Root(), ExitRootBefore = new Digest32(Enumerable.Repeat((byte)7, 32).ToArray()), Previous = Previous,
            Posting = PostingOf(source.WrittenMemory), State = _recording.Witness()!, Source = source.WrittenMemory, Signatures = _signatures, Forced = _forced, SegmentSteps = segmentSteps,
        };
    }

    /// <summary>How the Inbox orders some bytes.</summary>
    public static BatchPosting PostingOf(ReadOnlyMemory<byte> source) => new(SourceKind.OffChain, false, ChunkCommitment.Compute(source.Span), default, 0, 9, 90);

    /// <summary>What stands after each step: the root, the exit root and how much left.</summary>
    public List<(Digest32 Root, Digest32 Exits, int Count)> Steps { get; } = [];

    /// <summary>What the settlement layer asks about a batch or some of its steps, worked out natively.</summary>
    public ProofStatement Asked(ProverInput input)
    {
        Digest32 forced = Previous.ForcedHead;
        foreach (ForcedInput item in input.Forced) forced = new ForcedItem(0, item.Sender, item.Data, item.Block) { TimestampSeconds = item.TimestampSeconds }.HeadAfter(forced);
        BatchPosting posting = input.Posting;
        Digest32 commitment = InboxHead.CommitmentOf(posting.Data, posting.Items, posting.Count, input.Time);
        InboxHead head = new(Previous.Digest(), Previous.Number + 1, posting.Kind, commitment, Previous.ForcedTaken + (ulong)input.Forced.Count, forced, posting.Block, posting.BlockTime);
        (int from, int to) = ((int)input.Steps.From, (int)Math.Min(input.Steps.To, int.MaxValue));
        Digest32 start = ProofStatement.LeafOf(_before.Root(), input.ExitRootBefore), final = ProofStatement.LeafOf(_now.Root(), Effects.ExitRoot());
        return new(from == 0 ? start : LeafAfter(from), to == 0 || to > Steps.Count ? final : LeafAfter(to), head.Digest()) { From = input.Steps.From, To = input.Steps.To };

        Digest32 LeafAfter(int steps) => StepMachine.Bare(Steps[steps - 1].Root, Steps[steps - 1].Exits, (ulong)Steps[steps - 1].Count, _before.Root()).Leaf();
    }

    /// <summary>The same batch as it is if its bytes have a fault: the forced items alone, with another source.</summary>
    public ProverInput Faulty(byte[] source) => Input() with { Source = source, Posting = PostingOf(source), Signatures = [] };

    /// <summary>A batch with a payment of every kind and result.</summary>
    public static TracedBatch OfEveryKind()
    {
        var batch = new TracedBatch(5);
        AccountAddress fresh = AccountAddress.FromPublicKey(KeyOf(5)), other = AccountAddress.FromPublicKey(KeyOf(2));
        L1Address exit = new([.. Enumerable.Range(100, 20).Select(i => (byte)i)]);
        Assert.Equal(TransitionStatus.Applied, batch.Pay(Transfer(1, Alias(2), 5, fee: 2)));
        Assert.Equal(TransitionStatus.Applied, batch.Pay(Transfer(2, fresh, 70, fee: 2)));
        Assert.Equal(TransitionStatus.Applied, batch.Pay(Transfer(5, Alias(0), 30, fee: 2)));
        Assert.Equal(TransitionStatus.Applied, batch.Pay(Transfer(1, other, 1_234, fee: 3) with { Sponsor = Alias(3), FeeToken = 1, SponsorSkip = 2 }));
        Assert.Equal(TransitionStatus.Applied, batch.Pay(Transfer(2, Alias(1), 99, fee: 3) with { Token = 2, FeeToken = 1, KeySkip = 3 }));
        Assert.Equal(TransitionStatus.Applied, batch.Pay(new() { Kind = PaymentKind.Withdraw, Sender = Alias(4), Token = 1, Amount = 4_321, Fee = 3, FeeToken = 1, L1Recipient = exit }));
        Assert.Equal(TransitionStatus.Applied, batch.Pay(new() { Kind = PaymentKind.Message, Sender = Alias(4), Sponsor = Alias(1), Fee = 3, FeeToken = 1, L1Recipient = exit, Payload = new byte[] { 1, 2, 3, 200 } }));
        Assert.Equal(TransitionStatus.Applied, batch.Pay(new() { Kind = PaymentKind.RotateKey, Sender = Alias(3), Payload = KeyOf(6) }));
        Assert.Equal(TransitionStatus.Applied, batch.Pay(Transfer(3, Alias(4), 11)));
        Assert.Equal(TransitionStatus.InsufficientBalance, batch.Pay(Transfer(1, Alias(2), (UInt128)1 << 100)));
        Assert.Equal(TransitionStatus.UnknownRecipient, batch.Pay(Transfer(1, Alias(1_000), 1)));
        Assert.Equal(TransitionStatus.UnknownSender, batch.Pay(new() { Kind = PaymentKind.Message, Sender = Alias(2_000), L1Recipient = exit, Payload = new byte[] { 7 } }));
        Assert.Equal(TransitionStatus.WrongSponsor, batch.Pay(Transfer(1, Alias(2), 1) with { Sponsor = Alias(3_000) }));
        Assert.Equal(TransitionStatus.CannotPayFee, batch.Pay(Transfer(1, Alias(2), 1, fee: 1ul << 60)));
        Assert.Equal(TransitionStatus.UsedKey, batch.Pay(Transfer(2, Alias(1), 1) with { KeySkip = 60_000 }));
        Assert.Equal(TransitionStatus.Malformed, batch.Pay(new() { Kind = PaymentKind.RotateKey, Sender = Alias(2), Payload = KeyOf(2) }));
        Assert.Equal(TransitionStatus.Applied, batch.Pay(Transfer(4, Alias(3), 0, fee: 1) with { FeeToken = 2 }));
        Assert.Equal(TransitionStatus.Applied, batch.Pay(Transfer(1, AccountAddress.FromPublicKey(KeyOf(7)), 8, fee: 0) with { Token = 1, FeeToken = 2 }));
        return batch;
    }

    /// <summary>A batch that makes an account whose neighbour nobody touches.</summary>
    public static TracedBatch OfANewNeighbour()
    {
        var batch = new TracedBatch(5);
        Assert.Equal(TransitionStatus.Applied, batch.Pay(Transfer(1, AccountAddress.FromPublicKey(KeyOf(5)), 70, fee: 2)));
        return batch;
    }

    /// <summary>A batch whose forced items come to each end there is, before two payments.</summary>
    public static TracedBatch OfForcedItems()
    {
        TracedBatch batch = ForcedAlone();
        L1Address sender = new([.. Enumerable.Range(50, 20).Select(i => (byte)i)]);
        Assert.Equal(TransitionStatus.Applied, batch.Pay(new() { Kind = PaymentKind.Message, Sender = Alias(2), Fee = 1, L1Recipient = sender, Payload = new byte[] { 8 } }));
        Assert.Equal(TransitionStatus.Applied, batch.Pay(Transfer(1, Alias(5), 5, fee: 2)));
        return batch;
    }

    /// <summary>A batch whose forced items come to each end there is.</summary>
    public static TracedBatch ForcedAlone()
    {
        var batch = new TracedBatch(5);
        L1Address sender = new([.. Enumerable.Range(50, 20).Select(i => (byte)i)]);
        Assert.Equal(TransitionStatus.Applied, batch.Force(new InboundMessage { Recipient = Alias(2), Token = 1, Amount = 77, Sender = sender }));
        Assert.Equal(TransitionStatus.Applied, batch.Force(new InboundMessage { Recipient = AccountAddress.FromPublicKey(KeyOf(6)), Token = 4, Amount = 99, Sender = sender }));
        Assert.Equal(TransitionStatus.SentBack, batch.Force(new InboundMessage { Recipient = Alias(2), Token = 1 << 15, Amount = 77, Sender = sender }));
        batch.ForceNothing();
        Assert.Equal(TransitionStatus.SentBack, batch.Force(new InboundMessage { Recipient = Alias(3), Token = 2, Amount = ((UInt128)1 << 120) - 1, Sender = sender }));
        Assert.Equal(TransitionStatus.SentBack, batch.Force(new InboundMessage { Recipient = Alias(2_000), Token = 5, Amount = 3, Sender = sender }));
        Assert.Equal(TransitionStatus.Applied, batch.Force(Transfer(1, Alias(5), 10, fee: 4) with { FeeToken = 1 }));
        Assert.Equal(TransitionStatus.WrongNonce, batch.Force(Transfer(2, Alias(5), 10, fee: 4), tooMuch: 1));
        Assert.Equal(TransitionStatus.Applied, batch.Force(new Payment { Kind = PaymentKind.Message, Sender = Alias(4), Fee = 1, L1Recipient = sender, Payload = new byte[] { 5, 6, 7 } }));
        return batch;
    }

    /// <summary>A batch of rows of both forms, after a deposit that they live on: plain ones of few and of many bytes, with fees that stand.</summary>
    public static TracedBatch OfPlainRows()
    {
        var batch = new TracedBatch(5);
        UInt128 unit = (UInt128)Math.Pow(10, Exponent);
        Assert.Equal(TransitionStatus.Applied, batch.Force(new InboundMessage { Recipient = Alias(1), Amount = unit << 60, Sender = new L1Address(new byte[20]) }));
        foreach (UInt128 mantissa in (UInt128[])[1, 7, 130, 123_450_000, 3_000_001, 9_999_999 * (UInt128)1_000_000, ((UInt128)1 << 50) + 1, ((UInt128)1 << 27) - 1])
            Assert.Equal(TransitionStatus.Applied, batch.Pay(Transfer(1, Alias(2), mantissa * unit, fee: mantissa > 200 ? unit : 2)));
        Assert.Equal(TransitionStatus.Applied, batch.Pay(Transfer(1, Alias(3), 3 * unit, fee: unit)));
        Assert.Equal(TransitionStatus.Applied, batch.Pay(Transfer(2, Alias(3), 20_000 * unit, fee: unit) with { Sponsor = Alias(1) }));
        Assert.Equal(TransitionStatus.Applied, batch.Pay(Transfer(1, AccountAddress.FromPublicKey(KeyOf(5)), 30 * unit, fee: unit)));
        Assert.Equal(TransitionStatus.Applied, batch.Pay(Transfer(2, AccountAddress.FromPublicKey(KeyOf(6)), 40 * unit, fee: unit)));
        Assert.Equal(TransitionStatus.Applied, batch.Pay(Transfer(1, AccountAddress.FromPublicKey(KeyOf(7)), 5 * unit, fee: unit)));
        return batch;
    }

    private static byte[] Unsigned() => [3, .. new byte[HashSignature.SizeOf(Height) - 1]];

    private static byte[] Sign(in Payment payment, in PaymentAccount account, uint skip, bool isSponsor)
    {
        Digest32 key = account.KeyDigest;
        var message = new byte[PaymentMessage.Size(payment)];
        PaymentMessage.Write(payment, Chain, isSponsor, message);
        var signature = new byte[HashSignature.SizeOf(Height)];
        // Test classes run side by side, and a tree signs for one at a time.
        lock (s_trees) s_trees.Single(tree => tree.PublicKey.Span[1..].SequenceEqual(key.Span)).Sign(account.NextKey + skip, message, signature);
        return signature;
    }

    private TransitionStatus Do(Func<IStateView, EffectLog, TransitionOutcome> step)
    {
        TransitionStatus status = step(_now, Effects).Status;
        Assert.Equal(status, step(_recording, new EffectLog()).Status);
        Statuses.Add(status);
        Steps.Add((_now.Root(), Effects.ExitRoot(), Effects.Count));
        return status;
    }

    private PaymentAccount? Account(in AccountAddress address)
    {
        if (!address.TryGetNumber(out _) || _now.Read(address.Digest, out ReadOnlySpan<byte> value) != StateReadStatus.Found) return null;
        Assert.True(PaymentAccount.TryRead(value, AccountLayout.Numbered, out PaymentAccount account));
        return account;
    }

    private void Deposit(AccountAddress to, uint token, UInt128 amount)
    {
        foreach (StateStore<Tree> store in new[] { _before, _now })
            Assert.Equal(TransitionStatus.Applied, _native.ApplyInbound(new InboundMessage { Recipient = to, Token = token, Amount = amount }, s_context, store, new EffectLog()).Status);
    }
}
