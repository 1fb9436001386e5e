using System.Buffers;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>Orders with the public messages that balance them, three for each.</summary>
internal sealed class OrderCase
{
    public const int Most = 1200;

    public OrderCase(int orders, int logRows, bool zeroKnowledge = false, int seed = 1)
    {
        (IAir[] airs, Traces, Orders) = Witness(orders, logRows, seed);
        StarkShape shape = StarkKey.ShapeOf<F>(airs, Math.Min(8, logRows), Math.Max(8, logRows), zeroKnowledge) with { MaxPublicMessages = Most };
        Key = StarkKey.Create<F>(airs, StarkParameters.ForBenchmark(shape, extensionDegree: 4, logBlowup: 1, queries: 8, new(2, 3, 1, 2, 1, 4), maxLogArity: 3, logFinalLength: 1));
        foreach ((F index, F account, F amount) in Orders)
        {
            Messages.Add(new(OrderAir.Forced, BusDirection.Send, new[] { account, amount }));
            Messages.Add(new(OrderAir.Known, BusDirection.Receive, new[] { account }));
            Messages.Add(new(OrderAir.Exit, BusDirection.Receive, new[] { index, account, amount }));
        }
    }

    public StarkKey<F> Key { get; }

    public Trace<F>[] Traces { get; }

    public F[][] Publics { get; } = [[], []];

    public (F Index, F Account, F Amount)[] Orders { get; }

    public List<PublicMessage<F>> Messages { get; } = [];

    public static (IAir[] Airs, Trace<F>[] Traces, (F Index, F Account, F Amount)[] Orders) Witness(int orders, int logRows, int seed = 1)
    {
        var random = new Random(seed);
        uint[] asked = new uint[256];
        Trace<F> trace = new(OrderAir.Width, 1 << logRows);
        var made = new (F, F, F)[orders];
        for (int row = 0; row < trace.Height; row++)
        {
            trace[OrderAir.Index, row] = F.FromUInt32((uint)row);
            if (row >= orders) continue;
            uint amount = (uint)random.Next(256);
            asked[amount]++;
            (trace[OrderAir.Account, row], trace[OrderAir.Amount, row], trace[OrderAir.Real, row]) = (F.FromUInt32((uint)random.Next(1 << 30)), F.FromUInt32(amount), F.One);
            made[row] = (trace[OrderAir.Index, row], trace[OrderAir.Account, row], trace[OrderAir.Amount, row]);
        }
        return ([new OrderAir(), new ByteRangeAir()], [trace, ByteRangeAir.Generate<F>(asked)], made);
    }

    public StarkProof Prove(IReadOnlyList<PublicMessage<F>>? messages, StarkProverOptions? options = null) => StarkProver.Prove(Key, Traces, Publics, options, messages: messages);

    public VerifyResult Verify(StarkProof proof, IReadOnlyList<PublicMessage<F>>? messages) => StarkVerifier.Verify(Key, Publics, proof, messages);

    /// <summary>A proof by a prover that does everything else right.</summary>
    public LyingProver Liar(IReadOnlyList<PublicMessage<F>> messages, string? forgotten = null, Action<Prozchain.Zk.Fields.Extension<F, Prozchain.Zk.Fields.KoalaBear4>[]>? terminals = null, bool fits = false) =>
        new(Key, Traces, Publics) { Messages = messages, Forgotten = forgotten, Terminals = terminals, FitsQuotient = fits };

    public static byte[] Bytes(StarkProof proof)
    {
        ArrayBufferWriter<byte> bytes = new();
        proof.Write(bytes);
        return bytes.WrittenSpan.ToArray();
    }
}
