using System.Buffers;
using System.Buffers.Binary;
using Prozchain.Rollups;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;
using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Rollups.Zk.Proving;
using Prozchain.Rollups.Zk.Signatures;
using Cells = Prozchain.Zk.Airs.Poseidon2Cells<Prozchain.Zk.Fields.KoalaBear>;
using Codec = Prozchain.Rollups.Batches.PaymentRows;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using KeyTree = Prozchain.Rollups.Zk.Signatures.HashKeyTree<Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>>;
using Permutation = Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>;
using Tree = Prozchain.Rollups.Zk.State.PoseidonTree<Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>>;

namespace Prozchain.Benchmarks.Rollups;

/// <summary>
/// Transfers of a rollup of numbered accounts as a prover is told them: 2^20 accounts, of which sender and recipient are drawn, amounts from 1 to 1,999 times one of
/// four powers of ten, one token, one fee for all. A batch begins with the payments of any smaller one. The same for ever.
/// </summary>
/// <remarks>
/// All accounts share a key tree, each with one-time keys of its own number of payments: what it is to prove and to verify a signature does not depend on
/// whose key it is, and 2^20 trees take days to make. Signing still takes 2^20 permutations a payment; the counters that it finds are kept in Counters.bin.
/// </remarks>
internal sealed class ProverWorkload
{
    public const ulong Chain = 77;
    public const byte Exponent = 12;
    public const int Height = HashSignature.DefaultHeight, LogAccounts = 20, Accounts = 1 << LogAccounts;

    private const int CounterSize = 3, SegmentSize = ProverInput.MaxSegmentSteps;

    private static readonly Lazy<ProverWorkload> s_uniform = new(() => new(isZipf: false)), s_zipf = new(() => new(isZipf: true));
    private static readonly Lazy<StateStore<Tree>> s_state = new(Fill);
    private static readonly BatchContext s_context = new(Chain, 1, 1, 0);

    private readonly bool _isZipf;
    private readonly uint[] _shuffled = [];

    private ProverWorkload(bool isZipf)
    {
        if (!(_isZipf = isZipf)) return;
        _shuffled = [.. Enumerable.Range(0, Accounts).Select(i => (uint)i)];
        new Random(3).Shuffle(_shuffled);
    }

    public static PaymentRules Rules { get; } = new(Chain, AccountAddress.FromNumber(0)) { Layout = AccountLayout.Numbered, AmountExponent = Exponent };

    public static BatchRules BatchRules { get; } = new(Rules, new L1Address([.. Enumerable.Repeat((byte)0xB0, L1Address.Size)]));

    /// <summary>Every account as likely as another.</summary>
    public static ProverWorkload Uniform => s_uniform.Value;

    /// <summary>The k-th most popular account in proportion to 1 / k; popularity has nothing to do with the number.</summary>
    public static ProverWorkload Zipf => s_zipf.Value;

    /// <summary>What a prover is told of a batch of so many payments.</summary>
    /// <param name="count">1 to 2^16.</param>
    /// <param name="counters">Counters to begin with instead of those kept; none for 0.</param>
    public ProverInput Input(int count, uint[]? counters = null)
    {
        (Payment[] payments, RecordingState<Tree> recording) = Execute(count, out uint[] indexes);
        var source = new ArrayBufferWriter<byte>();
        Digest32 root = s_state.Value.Root();
        Payment[] bare = [.. payments.Select(payment => payment with { Nonce = 0, IsBare = true })];
        new BatchCodec<Payment>(new Codec(Exponent), new BatchLimits(1 << 16, 1 << 24)).Write(new BatchHead(0, default, 0, 0, default, SignatureMode.None, count) { Root = root }, bare, [], source);
        return new ProverInput
        {
            Setup = BatchRules.SetupOf(BatchKeys.Of<Cells>(Exponent)), ChainId = Chain, Time = 1, FeeRecipient = 0, RootBefore = root, State = recording.Witness()!,
            Posting = new BatchPosting(SourceKind.OffChain, false, ChunkCommitment.Compute(source.WrittenSpan), default, 0, 9, 90), Source = source.WrittenMemory,
            Signatures = Sign(payments, indexes, counters ?? Known()),
        };
    }

    /// <summary>
    /// Permutations of a batch of so many payments for the state, none of which needs a signature: two for each node of the tree on a way to a key touched, before and
    /// after, two for each account's record that a segment takes and gives, and four for the leaf and value of a hashed key.
    /// </summary>
    public long StatePermutations(int count)
    {
        (Payment[] payments, RecordingState<Tree> recording) = Execute(count, out _);
        long records = 0;
        foreach (Payment[] segment in payments.Chunk(SegmentSize)) records += Touched(segment).Count;
        SortedSet<Digest32> keys = [PaymentKeys.Accounts<Tree>(), .. Touched(payments).Select(address => address.Digest)];
        // What is left there changes no count.
        StateTouch[] touches = [.. keys.Select(key => new StateTouch(key, Eight.Of(F.One)))];
        if (!StateUpdate.TryBuild<Permutation>(s_state.Value.Root(), recording.Witness()!, touches, out StateUpdate update)) throw new InvalidOperationException("Expected a witness of what is touched.");
        return 2 * (update.Nodes.Count + update.Growths.Count + records) + 4 * update.Cells.Count;

        // The fee's recipient is account 0.
        static HashSet<AccountAddress> Touched(Payment[] payments) => [AccountAddress.FromNumber(0), .. payments.SelectMany(payment => new[] { payment.Sender, payment.Recipient })];
    }

    /// <summary>Counters that signatures have, to be kept.</summary>
    public static byte[] CountersOf(ProverInput input)
    {
        var counters = new byte[CounterSize * input.Signatures.Count];
        for (int i = 0; i < input.Signatures.Count; i++)
        {
            ReadOnlySpan<byte> counter = input.Signatures[i].Sender.Span.Slice(HashSignature.CounterAt, sizeof(uint));
            // One that is longer is looked for each time.
            if (counter[CounterSize] == 0) counter[..CounterSize].CopyTo(counters.AsSpan(CounterSize * i));
        }
        return counters;
    }

    private static uint[] Known()
    {
        using Stream? stream = typeof(ProverWorkload).Assembly.GetManifestResourceStream("Counters.bin");
        if (stream is null) return [];
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return [.. bytes.Chunk(CounterSize).Select(counter => (uint)(counter[0] | counter[1] << 8 | counter[2] << 16))];
    }

    private static StateStore<Tree> Fill()
    {
        using KeyTree keys = Keys();
        var state = new StateStore<Tree>(checkpoints: 1);
        NumberedGenesis.Write<Tree>(state, keys.PublicKey.Span);
        Span<byte> record = stackalloc byte[PaymentAccount.NumberedSize];
        for (uint number = 0; number < Accounts; number++)
        {
            new PaymentAccount(0, number, new Digest32(keys.PublicKey.Span[1..])) { Balance = (UInt128)1 << 80 }.Write(record, AccountLayout.Numbered);
            state.Write(AccountAddress.FromNumber(number).Digest, record);
        }
        BinaryPrimitives.WriteUInt64LittleEndian(record, Accounts);
        state.Write(PaymentKeys.Accounts<Tree>(), record[..sizeof(ulong)]);
        BinaryPrimitives.WriteUInt128LittleEndian(record, (UInt128)1 << 80 + LogAccounts);
        state.Write(PaymentKeys.Supply<Tree>(0), record[..16]);
        return state;
    }

    private static KeyTree Keys() => KeyTree.Generate(new byte[KeyTree.SeedSize], Height);

    private (Payment[] Payments, RecordingState<Tree> Recording) Execute(int count, out uint[] indexes)
    {
        StateStore<Tree> state = s_state.Value;
        state.Root();
        var recording = new RecordingState<Tree>(state);
        recording.Read(PaymentKeys.Accounts<Tree>(), out _);
        var native = new Payments<Tree>(Rules, new HashVerifier<Permutation>());
        var effects = new EffectLog();
        effects.Begin(s_context);
        var random = new Random(1);
        var payments = new Payment[count];
        indexes = new uint[count];
        for (int i = 0; i < count; i++)
        {
            AccountAddress sender = Draw(random), recipient = Draw(random);
            recording.Read(sender.Digest, out ReadOnlySpan<byte> value);
            PaymentAccount.TryRead(value, AccountLayout.Numbered, out PaymentAccount account);
            UInt128 amount = 1 + (UInt128)random.Next(1_999);
            for (int powers = Exponent + random.Next(4); powers > 0; powers--) amount *= 10;
            payments[i] = new Payment { Sender = sender, Recipient = recipient, Amount = amount, Fee = 21_000_000_000_000, Nonce = account.Nonce };
            indexes[i] = account.NextKey;
            TransitionStatus status = native.Apply(payments[i] with { Nonce = 0, IsBare = true }, true, s_context, recording, effects).Status;
            if (status != TransitionStatus.Applied) throw new InvalidOperationException($"Expected a payment that is applied, got {status}.");
        }
        return (payments, recording);
    }

    private AccountAddress Draw(Random random)
    {
        uint at = _isZipf ? (uint)Math.Exp(random.NextDouble() * Math.Log(Accounts)) - 1 : (uint)random.Next(Accounts);
        return AccountAddress.FromNumber(_isZipf ? _shuffled[at] : at);
    }

    // A tree serves one thread.
    private static SignatureInput[] Sign(Payment[] payments, uint[] indexes, uint[] counters)
    {
        var signatures = new SignatureInput[payments.Length];
        Parallel.For(0, payments.Length, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, Keys, (i, _, keys) =>
        {
            var message = new byte[PaymentMessage.Size(payments[i])];
            PaymentMessage.Write(payments[i], Chain, isSponsor: false, message);
            var signature = new byte[HashSignature.SizeOf(Height)];
            keys.Sign(indexes[i], message, signature, i < counters.Length ? counters[i] : 0);
            signatures[i] = new SignatureInput(signature, default);
            return keys;
        }, keys => keys.Dispose());
        return signatures;
    }
}
