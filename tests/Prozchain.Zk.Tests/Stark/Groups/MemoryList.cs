using System.Buffers;
using Prozchain.Zk.Air;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>One proof of a list, before it is made.</summary>
internal sealed record MemoryPart(StarkKey<F> Key, IAir[] Airs, Trace<F>[] Traces, F[][] Publics)
{
    public EarlyCommitment<F> Commit(int threads = 1) =>
        StarkGroup.Commit(Key, [.. Key.EarlyTables.Select(table => Traces[table])], [.. Key.EarlyTables.Select(table => Publics[table])], threads);

    public StarkProof Prove(GroupPlace place, StarkProverOptions? options = null) => StarkProver.Prove(Key, Traces, Publics, options, place: place);

    public TraceChecker<F> Check()
    {
        TraceChecker<F> checker = new();
        for (int i = 0; i < Airs.Length; i++) checker.Add(Airs[i], Traces[i], Publics[i]);
        return checker;
    }
}

/// <summary>A memory of accounts, and segments that change some of them: a list of a ledger's proof and one of each segment.</summary>
internal sealed class MemoryList
{
    public static readonly SharedBuses Shared = new([MemoryBuses.Account], 12);

    public static readonly GrindingBits Grinding = new(2, 3, 1, 2, 1, 4) { Shared = 3 };

    private static readonly IAir[] s_segment = [new StepAir(), new TokenAir()];

    private MemoryList(List<MemoryPart> parts) => Parts = parts;

    /// <summary>The ledger, then the segments.</summary>
    public List<MemoryPart> Parts { get; }

    public byte[] Statement { get; set; } = "a list"u8.ToArray();

    /// <summary>Parameters that are quick and prove little.</summary>
    public static StarkParameters Quick(StarkShape shape) => StarkParameters.ForBenchmark(shape, 4, 1, 6, Grinding, 2, 1);

    public static StarkParameters Secure(StarkShape shape) => StarkParameters.ForTarget(100, shape, new() { ExtensionDegrees = [4] });

    public static StarkKey<F> Key(IAir[] airs, int logRows, Func<StarkShape, StarkParameters>? parameters = null, SharedBuses? shared = null) =>
        StarkKey.Create<F>(airs, (parameters ?? Quick)(StarkKey.ShapeOf<F>(airs, logRows, logRows, shared: shared ?? Shared)), shared: shared ?? Shared);

    public static MemoryList Of(int segments, int logRows = 4, int seed = 1, Func<StarkShape, StarkParameters>? parameters = null)
    {
        var random = new Random(seed);
        int rows = 1 << logRows;
        F[] values = [.. Enumerable.Range(0, rows).Select(_ => F.FromUInt32((uint)random.Next(1 << 30)))];
        uint[] last = new uint[rows];
        IAir[] ledger = [new LedgerAir(logRows)];
        Trace<F> memory = new(LedgerAir.Width, rows);
        for (int i = 0; i < rows; i++) memory[LedgerAir.Old, i] = values[i];
        List<MemoryPart> parts = [];
        StarkKey<F> key = Key(s_segment, logRows, parameters);
        for (int k = 1; k <= segments; k++)
        {
            Trace<F> steps = new(StepAir.Width, rows), tokens = new(TokenAir.Width, rows);
            int[] touched = [.. Enumerable.Range(0, rows).Where(_ => random.Next(3) > 0).Take(rows - 2)];
            F sum = F.Zero;
            for (int row = 0; row < rows; row++)
            {
                if (row < touched.Length)
                {
                    int account = touched[row];
                    F number = F.FromUInt32((uint)account + 100), amount = F.FromUInt32((uint)random.Next(1000)), before = values[account], after = before + amount;
                    (tokens[TokenAir.Account, row], tokens[TokenAir.Before, row], tokens[TokenAir.In, row]) = (number, F.FromUInt32(last[account]), before);
                    (tokens[TokenAir.Out, row], tokens[TokenAir.Real, row]) = (after, F.One);
                    // The rows of the two tables need not be in one order.
                    int place = touched.Length - 1 - row;
                    (steps[StepAir.Account, place], steps[StepAir.In, place], steps[StepAir.Out, place]) = (number, before, after);
                    (steps[StepAir.Amount, place], steps[StepAir.Real, place]) = (amount, F.One);
                    (values[account], last[account]) = (after, (uint)k);
                }
            }
            for (int row = 0; row < rows; row++) steps[StepAir.Sum, row] = sum += steps[StepAir.Amount, row];
            parts.Add(new(key, s_segment, [steps, tokens], [[sum], [F.FromUInt32((uint)k)]]));
        }
        F total = F.Zero;
        for (int i = 0; i < rows; i++)
            (memory[LedgerAir.Segment, i], memory[LedgerAir.New, i], memory[LedgerAir.Sum, i]) = (F.FromUInt32(last[i]), values[i], total += values[i]);
        parts.Insert(0, new(Key(ledger, logRows, parameters), ledger, [memory], [[total]]));
        return new(parts);
    }

    /// <summary>A segment takes a value that nobody left, and all else follows: only the shared bus does not balance.</summary>
    public MemoryList Forge(int part)
    {
        (Trace<F> steps, Trace<F> tokens) = (Parts[part].Traces[0], Parts[part].Traces[1]);
        for (int row = 0; row < steps.Height; row++)
        {
            if (steps[StepAir.Account, row] != tokens[TokenAir.Account, 0]) continue;
            (steps[StepAir.In, row], steps[StepAir.Amount, row]) = (steps[StepAir.In, row] + F.One, steps[StepAir.Amount, row] - F.One);
            F sum = F.Zero;
            for (int i = 0; i < steps.Height; i++) steps[StepAir.Sum, i] = sum += steps[StepAir.Amount, i];
            Parts[part].Publics[0][0] = sum;
            tokens[TokenAir.In, 0] += F.One;
            return this;
        }
        throw new InvalidOperationException("Expected the account of the first token among the steps.");
    }

    public IReadOnlyList<GroupPlace> Places() => StarkGroup.Challenges(Statement, [.. Parts.Select(part => part.Commit())]);

    public StarkProof[] Prove(StarkProverOptions? options = null) => [.. Places().Select((place, i) => Parts[i].Prove(place, options))];

    public GroupResult Verify(IReadOnlyList<StarkProof> proofs) => StarkGroup.Verify(Statement, [.. proofs.Select((proof, i) => new GroupProof<F>(Parts[i].Key, Parts[i].Publics, proof))]);

    public static byte[] Bytes(StarkProof proof)
    {
        ArrayBufferWriter<byte> bytes = new();
        proof.Write(bytes);
        return bytes.WrittenSpan.ToArray();
    }
}
