using System.Buffers;
using System.Buffers.Binary;
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
using Prozchain.Rollups.Zk.State;
using Prozchain.Testing;
using Prozchain.Zk.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Proving;

/// <summary>
/// A rollup whose payments are signed with hash-based keys and whose batches are what their poster likes, rows that do nothing among them: executed one by one as
/// they are drawn, since what a row signs depends on the state before it, and derived and recorded as a whole.
/// </summary>
internal sealed class SignedRollup<TCells> where TCells : struct, IPermutationCells<F>
{
    public const ulong Chain = 7;

    public static readonly L1Address Bridge = new([.. Enumerable.Repeat((byte)5, 20)]), Anyone = new([.. Enumerable.Repeat((byte)6, 20)]);

    private const ulong LastNonce = (1UL << 60) - 1;
    private const int Height = HashSignature.LeastHeightForWords;

    private readonly StateStore<PoseidonTree<TCells>> _now = new();
    private readonly Payments<PoseidonTree<TCells>> _native;
    private readonly ProverInputs<PoseidonTree<TCells>> _inputs;
    private readonly BatchRerun<Payment, PoseidonTree<TCells>> _rerun;
    private readonly EffectLog _effects = new();
    private readonly BatchCodec<Payment> _codec;
    private readonly List<HashKeyTree<TCells>> _trees = [];
    private readonly List<SignedBatch.Item> _forced = [];
    private readonly List<ResourceUse> _uses = [];
    private readonly List<Payment> _payments = [];
    private BatchRecord _record = null!;
    private BatchContext _context;
    private Digest32 _head, _forcedHead, _exitRoot;
    private ulong _queued, _time = 1_000;

    public SignedRollup(byte amountExponent)
    {
        PaymentRules = new PaymentRules(Chain, AccountAddress.FromNumber(0)) { Layout = AccountLayout.Numbered, AmountExponent = amountExponent };
        Rules = new DerivationRules(Chain, Anyone, Bridge, 0) { Signatures = SignatureMode.None, IsBare = true, UndoBatches = 2 };
        byte[] first = NewKey();
        NumberedGenesis.Write<PoseidonTree<TCells>>(_now, first);
        _native = NewNative();
        _codec = new BatchCodec<Payment>(new PaymentRows(amountExponent), BatchLimits.Default);
        _rerun = new BatchRerun<Payment, PoseidonTree<TCells>>(Rules, NewNative(), new PaymentRows(amountExponent), new PaymentAccess(Chain));
        _inputs = new ProverInputs<PoseidonTree<TCells>>(Rules, PaymentRules, new HashVerifier<TCells>(), default);
        Deriver = new Deriver<Payment, PoseidonTree<TCells>>(
            Rules, NewNative(), _ => new PaymentRows(amountExponent), new PaymentAccess(Chain), state => NumberedGenesis.Write<PoseidonTree<TCells>>(state, first), isHashed: false)
        {
            Recorder = record => _record = record, AlwaysShown = [PaymentKeys.Accounts<PoseidonTree<TCells>>()],
        };
    }

    public DerivationRules Rules { get; }

    public PaymentRules PaymentRules { get; }

    /// <summary>What its proofs are of.</summary>
    public BatchRules BatchRules => new(PaymentRules, Bridge);

    public Deriver<Payment, PoseidonTree<TCells>> Deriver { get; }

    public uint Accounts
    {
        get
        {
            return _now.Read(PaymentKeys.Accounts<PoseidonTree<TCells>>(), out ReadOnlySpan<byte> value) == StateReadStatus.Found ? BinaryPrimitives.ReadUInt32LittleEndian(value) : 0;
        }
    }

    /// <summary>All keys that anybody has or had.</summary>
    public IReadOnlyList<HashKeyTree<TCells>> Keys => _trees;

    public byte[] NewKey()
    {
        var seed = new byte[HashKeyTree<TCells>.SeedSize];
        BinaryPrimitives.WriteInt32LittleEndian(seed, _trees.Count);
        _trees.Add(HashKeyTree<TCells>.Generate(seed, Height));
        return _trees[^1].PublicKey.ToArray();
    }

    /// <summary>The key of an account, if anybody has it.</summary>
    public HashKeyTree<TCells>? KeyOf(in PaymentAccount account)
    {
        Digest32 digest = account.KeyDigest;
        return _trees.FirstOrDefault(tree => tree.PublicKey.Span[1..].SequenceEqual(digest.Span));
    }

    /// <summary>An account that is there.</summary>
    public PaymentAccount Read(uint number)
    {
        Assert.Equal(StateReadStatus.Found, _now.Read(AccountAddress.FromNumber(number).Digest, out ReadOnlySpan<byte> value));
        Assert.True(PaymentAccount.TryRead(value, AccountLayout.Numbered, out PaymentAccount account));
        return account;
    }

    public UInt128 Balance(uint number, uint token) => token == 0 ? Read(number).Balance : Amount(PaymentKeys.Balance<PoseidonTree<TCells>>(AccountAddress.FromNumber(number), token));

    public UInt128 Supply(uint token) => Amount(PaymentKeys.Supply<PoseidonTree<TCells>>(token));

    public void Begin()
    {
        _context = new BatchContext(Chain, Deriver.Tip.NextBatch, ++_time, 0);
        _effects.Begin(_context);
        _forced.Clear();
        _payments.Clear();
        _uses.Clear();
    }

    /// <summary>Queues an item, and executes it.</summary>
    public TransitionStatus Force(bool isDeposit, ReadOnlyMemory<byte> data)
    {
        var item = new ForcedItem(_queued++, isDeposit ? Bridge : Anyone, data, 1) { TimestampSeconds = _time };
        Deriver.Queue(item);
        _forcedHead = item.HeadAfter(_forcedHead);
        if (isDeposit)
        {
            bool isRead = new StepItem(StepKind.Deposit, data).TryReadDeposit(out InboundMessage deposit);
            _forced.Add(new(isRead ? deposit : null, null, isRead && deposit.Amount != 0));
            return isRead ? Note(_native.ApplyInbound(deposit, _context, _now, _effects)) : Nothing();
        }
        if (!new StepItem(StepKind.ForcedPayment, data).TryReadPayment(out Payment payment))
        {
            _forced.Add(default);
            return Nothing();
        }
        bool[] authentic = [false];
        _native.Authenticate([payment], authentic);
        // Nobody gets past the last nonce; where there are no accounts, nothing but form and signatures comes before the sender.
        bool mayWork = payment.Nonce != LastNonce && _native.Apply(payment, authentic[0], _context, new StateStore<PoseidonTree<TCells>>(), new EffectLog()).Status == TransitionStatus.UnknownSender;
        _forced.Add(new(null, payment, mayWork));
        TransitionOutcome outcome = _native.Apply(payment, authentic[0], _context, _now, _effects);
        return Note(outcome.Status.IsValid() ? outcome : outcome with { Resources = default });

        TransitionStatus Nothing() => Note(new(TransitionStatus.Malformed, default));
    }

    /// <summary>Executes a row, which its sender and sponsor sign if it is valid.</summary>
    public TransitionStatus Pay(Payment payment)
    {
        uint accounts = Accounts;
        PaymentAccount? sender = Find(payment.Sender), sponsor = Find(payment.Sponsor);
        TransitionStatus status = Note(_native.Apply(payment with { IsBare = true }, true, _context, _now, _effects));
        Payment signed = payment with { Nonce = sender?.Nonce ?? 0 };
        bool isSponsored = payment.Sponsor != default;
        signed = signed with
        {
            Signed = status.IsValid() ? Sign(signed, KeyOf(sender!.Value)!, sender.Value.NextKey + payment.KeySkip, isSponsor: false) : Unsigned(),
            Sponsored = !isSponsored ? default : status.IsValid() ? Sign(signed, KeyOf(sponsor!.Value)!, sponsor.Value.NextKey + payment.SponsorSkip, isSponsor: true) : Unsigned(),
        };
        _payments.Add(signed);
        return status;

        PaymentAccount? Find(in AccountAddress address) => address.TryGetNumber(out uint number) && number < accounts ? Read(number) : null;
    }

    /// <summary>The signature of a key's one-time key, whoever owes it.</summary>
    public static Authorization Sign(in Payment payment, HashKeyTree<TCells> key, uint index, bool isSponsor)
    {
        var message = new byte[PaymentMessage.Size(payment)];
        PaymentMessage.Write(payment, Chain, isSponsor, message);
        var signature = new byte[HashSignature.SizeOf(Height)];
        key.Sign(index, message, signature);
        return new Authorization(key.PublicKey, signature);
    }

    /// <summary>Derives the batch, or what stands in the place of its rows; forced items alone count where that is no batch.</summary>
    public SignedBatch End(Func<byte[], byte[]>? spoil = null)
    {
        var output = new ArrayBufferWriter<byte>();
        Payment[] rows = [.. _payments.Select(static payment => payment with { Nonce = 0, Signed = default, Sponsored = default, IsBare = true })];
        DerivedTip tip = Deriver.Tip;
        _codec.Write(new BatchHead(0, default, 0, 0, default, SignatureMode.None, rows.Length) { Root = tip.Root }, rows, [], output);
        byte[] source = output.WrittenSpan.ToArray();
        if (spoil is not null) source = spoil(source);
        ulong taken = tip.ForcedTaken + (ulong)_forced.Count;
        var posting = new PostedBatch(tip.NextBatch, Anyone, SourceKind.OffChain, ChunkCommitment.Compute(source), (ulong)source.Length, default, 0, _time, taken, tip.NextBatch + 1) { ForcedHead = _forcedHead };
        posting = posting with { Head = _head = InboxHead.Of(posting, _head).Digest() };
        ExecutedBatch batch = Deriver.Execute(posting, source)!;
        Assert.Equal(_context, batch.Context);
        Assert.Equal((_now.Root(), _effects.ExitRoot()), (batch.PostRoot, batch.ExitRoot));
        ProofStatement asked = new(ProofStatement.LeafOf(batch.PreRoot, _exitRoot), ProofStatement.LeafOf(batch.PostRoot, batch.ExitRoot), posting.Head);
        _exitRoot = batch.ExitRoot;
        return new SignedBatch(batch, _record, [.. _forced], [.. _uses], asked, batch.Verdict == BatchVerdict.Executed ? [.. _payments] : []);
    }

    /// <summary>What a prover is told of a batch, and by way of its bytes.</summary>
    public ProverInput Input(SignedBatch batch, int segmentSteps = ProverInput.MaxSegmentSteps)
    {
        ProverInput input = _inputs.Make(batch.Record, batch.Payments)! with { SegmentSteps = segmentSteps };
        Assert.True(ProverInput.TryRead(Write(input), out ProverInput? read));
        return read!;
    }

    /// <summary>Executes an input again natively, whoever signed it: null if its part of the state is not enough for that.</summary>
    public ExecutedBatch? Execute(ProverInput input) => _rerun.TryExecute(RecordOf(input), out ExecutedBatch? batch) ? batch : null;

    /// <summary>Whether an input is signed by whom its payments bind. Signatures of a sponsor that a payment has not got count for nothing.</summary>
    public bool IsSigned(ProverInput input)
    {
        _rerun.Read(RecordOf(input), out ReadOnlyMemory<Payment> own);
        Payment[] payments = own.ToArray();
        if (payments.Length != input.Signatures.Count) return false;
        SignatureInput[] signatures = [.. input.Signatures.Select((pair, i) => payments[i].Sponsor == default ? pair with { Sponsor = default } : pair)];
        return _inputs.TryExecute(input with { Signatures = signatures }, out _);
    }

    /// <summary>An input of other posted bytes.</summary>
    public static ProverInput With(ProverInput input, byte[] source) => input with { Source = source, Posting = input.Posting with { Data = ChunkCommitment.Compute(source) } };

    public static byte[] Write(ProverInput input)
    {
        var bytes = new ArrayBufferWriter<byte>();
        input.Write(bytes);
        return bytes.WrittenSpan.ToArray();
    }

    private TransitionStatus Note(in TransitionOutcome outcome)
    {
        _uses.Add(outcome.Resources);
        return outcome.Status;
    }

    private static BatchRecord RecordOf(ProverInput input) => new()
    {
        Context = new BatchContext(input.ChainId, input.Number, input.Time, 0), PreRoot = input.RootBefore, State = input.State, Source = input.Source,
        Items = [.. input.Forced.Select(static (item, i) => new ForcedItem((ulong)i, item.Sender, item.Data, item.Block) { TimestampSeconds = item.TimestampSeconds })],
    };

    private static Authorization Unsigned() => new(default, (byte[])[HashSignature.Scheme, .. new byte[HashSignature.SizeOf(Height) - 1]]);

    private Payments<PoseidonTree<TCells>> NewNative() => new(PaymentRules, new HashVerifier<TCells>(), keyMemo: 64);

    private UInt128 Amount(in Digest32 key) => _now.Read(key, out ReadOnlySpan<byte> value) == StateReadStatus.Found ? BinaryPrimitives.ReadUInt128LittleEndian(value) : 0;
}
