using System.Buffers;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Sequencing;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;
using Prozchain.Testing;
using Tree = Prozchain.Rollups.Zk.State.PoseidonTree<Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>>;

namespace Prozchain.Rollups.Zk.Tests.Proving;

/// <summary>A rollup with the circuit's hash whose batches are made, derived and recorded, without a settlement layer: person i is account i once a deposit or a payment made it.</summary>
internal sealed class RecordedRollup
{
    public const ulong Chain = 7;
    public const int People = 12;

    public static readonly L1Address Bridge = new([.. Enumerable.Repeat((byte)5, 20)]), Anyone = new([.. Enumerable.Repeat((byte)6, 20)]);

    private readonly SeededRandom _random;
    private readonly StateStore<Tree> _state = new();
    private readonly BatchCodec<Payment> _codec = new(new PaymentRows(12), BatchLimits.Default);
    private ulong _queued, _time = 1_000;

    public RecordedRollup(SeededRandom random)
    {
        _random = random;
        Rules = new DerivationRules(Chain, Anyone, Bridge, 0) { Signatures = SignatureMode.None, IsBare = true, UndoBatches = 2 };
        Payments = new PaymentRules(Chain, AccountAddress.FromNumber(0)) { Layout = AccountLayout.Numbered };
        Genesis(_state);
        Deriver = new Deriver<Payment, Tree>(Rules, Transition(), _ => new PaymentRows(12), new PaymentAccess(Chain), Genesis, isHashed: false) { Recorder = record => Record = record };
        Producer = new BatchProducer<Payment, Tree>(Rules, Transition(), _ => new PaymentRows(12), new PaymentAccess(Chain), _state, Deriver.Tip);
    }

    public DerivationRules Rules { get; }

    public PaymentRules Payments { get; }

    public Deriver<Payment, Tree> Deriver { get; }

    public BatchProducer<Payment, Tree> Producer { get; }

    public BatchRecord Record { get; private set; } = null!;

    public StandInSigner[] Keys { get; } = [.. Enumerable.Range(0, People).Select(i => new StandInSigner(i))];

    public Payments<Tree> Transition() => new(Payments, new StandInSigner.Verifier(), keyMemo: 16);

    /// <summary>A batch as a sequencer makes it, with forced items; spoiled, if a source takes its place.</summary>
    public (ExecutedBatch Batch, Payment[] Signed) Next(int payments, int forced, Func<byte[], byte[]>? spoil = null)
    {
        ForcedItem[] items = [.. Enumerable.Range(0, forced).Select(_ => Queue())];
        Producer.Open(0, ++_time, items);
        for (int i = 0; i < payments && spoil is null; i++) Producer.TryAdd(Pay(), out _);
        Payment[] signed = Producer.Transactions.ToArray();
        ProducedBatch produced = Producer.Close(out ReadOnlyMemory<byte> bytes);
        byte[] source = spoil is null ? bytes.ToArray() : spoil(bytes.ToArray());
        ExecutedBatch batch = Execute(source, forced);
        Assert.Equal((produced.PostRoot, produced.ExitRoot), (batch.PostRoot, batch.ExitRoot));
        return (batch, signed);
    }

    /// <summary>Rows of any payments, whoever signed them.</summary>
    public byte[] Encode(ReadOnlySpan<Payment> payments)
    {
        var output = new ArrayBufferWriter<byte>();
        _codec.Write(new BatchHead(0, default, 0, 0, default, SignatureMode.None, payments.Length) { Root = Deriver.Tip.Root }, payments, [], output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Runs a source that the producer knows nothing of.</summary>
    public ExecutedBatch Execute(byte[] source, int forced)
    {
        DerivedTip tip = Deriver.Tip;
        var posting = new PostedBatch(tip.NextBatch, Anyone, SourceKind.OffChain, default, (ulong)source.Length, default, 0, _time, tip.ForcedTaken + (ulong)forced, tip.NextBatch + 1)
        {
            ForcedHead = HeadOf(tip.ForcedTaken + (ulong)forced), Head = HeadOf(tip.NextBatch + 1_000_000),
        };
        return Deriver.Execute(posting, source)!;
    }

    /// <summary>Queues a deposit, a payment or bytes that are neither.</summary>
    public ForcedItem Queue()
    {
        int person = _random.Next(People);
        bool isDeposit = _random.Next(3) > 0;
        ReadOnlyMemory<byte> data = isDeposit
            ? StepItem.Of(new InboundMessage { Token = (uint)_random.Next(2), Amount = (UInt128)_random.Next(5_000), Recipient = _random.Next(9) == 0 ? AccountAddress.FromNumber((uint)_random.Next(15)) : Keys[person].Address, Sender = Anyone }).Data
            : StepItem.Of(Pay(), isForced: true).Data;
        if (_random.Next(8) == 0) data = _random.Bytes(_random.Next(200));
        var item = new ForcedItem(_queued++, isDeposit ? Bridge : Anyone, data, 1) { TimestampSeconds = _time, Head = HeadOf(_queued) };
        Deriver.Queue(item);
        return item;
    }

    /// <summary>The head of the chain of forced items after so many, or what stands for it here.</summary>
    public static Digest32 HeadOf(ulong count) => count == 0 ? default : new Digest32([.. BitConverter.GetBytes(count), .. new byte[24]]);

    /// <summary>A payment that is mostly good, by the state of now.</summary>
    public Payment Pay()
    {
        uint from = (uint)_random.Next(8), sponsor = (uint)_random.Next(8);
        var payment = new Payment { Amount = (UInt128)_random.Next(60), Fee = (UInt128)_random.Next(3), Token = (uint)(_random.Next(5) == 0 ? 1 : 0) };
        payment = _random.Next(8) switch
        {
            0 => payment with { Kind = PaymentKind.Withdraw, Amount = payment.Amount + 1, L1Recipient = Anyone },
            1 => payment with { Kind = PaymentKind.Message, Amount = 0, Token = 0, Payload = _random.Bytes(_random.Next(80)), L1Recipient = Anyone },
            2 => payment with { Recipient = Keys[_random.Next(People)].Address },
            _ => payment with { Recipient = AccountAddress.FromNumber((uint)_random.Next(10)) },
        };
        bool isSponsored = _random.Next(4) == 0 && sponsor != from;
        payment = payment with { Sender = AccountAddress.FromNumber(from), Sponsor = isSponsored ? AccountAddress.FromNumber(sponsor) : default };
        PaymentAccount account = Read(from);
        payment = PaymentMessage.Sign(payment with { Nonce = account.Nonce }, SignerOf(account, from), Chain);
        return isSponsored ? PaymentMessage.Sponsor(payment, SignerOf(Read(sponsor), sponsor), Chain) : payment;
    }

    public PaymentAccount Read(uint number) =>
        _state.Read(AccountAddress.FromNumber(number).Digest, out ReadOnlySpan<byte> value) == StateReadStatus.Found && PaymentAccount.TryRead(value, AccountLayout.Numbered, out PaymentAccount account) ? account : default;

    private void Genesis(IStateView state) => NumberedGenesis.Write<Tree>(state, Keys[0].PublicKey.Span);

    // Whoever has the account now, with the next index or a later one.
    private StandInSigner SignerOf(in PaymentAccount account, uint number)
    {
        Digest32 key = account.KeyDigest;
        StandInSigner signer = Keys.FirstOrDefault(person => person.Address.Digest == key) ?? Keys[number];
        signer.Index = account.NextKey + (uint)(_random.Next(3) == 0 ? _random.Next(4) : 0);
        return signer;
    }
}
