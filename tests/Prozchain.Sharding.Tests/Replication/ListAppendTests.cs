using System.Buffers.Binary;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Simulation;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Replication;

/// <summary>
/// Elle's list-append (Kingsbury and Alvaro, VLDB 2020) over replicated shards under faults: transactions read lists of
/// several shards and append to some; from what each read, all must fit into one order. Two readers that disagree about
/// two writers, a long fork, would be a cycle too.
/// </summary>
public class ListAppendTests
{
    private const int Lists = 6;

    [Fact]
    public void Transactions_OverShardsUnderFaults_FitIntoOneOrder()
    {
        const long HealedMs = 4_000;
        int committed = 0, crossed = 0;
        var mix = new FaultMix { Nodes = 12, HealedMs = HealedMs };
        for (int run = 0; run < TestSettings.Scale(4, 200); run++)
        {
            ulong seed = TestSettings.Seed + (ulong)run;
            var program = new ListProgram();
            using var shards = new ShardWorld<TransferTransition>(seed, new ShardWorldOptions<TransferTransition>
            {
                Transition = default, Shards = 3, Programs = new Dictionary<ushort, IAtomicProgram> { [1] = program }, World = new WorldOptions { Faults = mix.Draw(seed) },
            });
            var load = new ListLoad();
            shards.Add(load, untilMs: HealedMs + 2_000);
            shards.World.RunTo(HealedMs + 16_000);
            Assert.True(shards.Report().IsQuiet, $"Seed {seed}: expected no transaction open, got {shards.Report()}.");
            (int all, int over) = Check(seed, shards.State, program, load);
            (committed, crossed) = (committed + all, crossed + over);
        }
        Assert.True(committed > 100 && crossed > 50, $"Expected transactions over several shards, got {committed} and {crossed} of several.");
    }

    private static (int Committed, int Crossed) Check(ulong seed, ShardCut state, ListProgram program, ListLoad load)
    {
        var order = new Dictionary<Digest, (ulong Number, ulong Read)[]>();
        foreach ((Digest key, ReadOnlyMemory<byte> value) in state.Cells) order[key] = ListProgram.Elements(value.Span);
        var edges = new Dictionary<ulong, HashSet<ulong>>();
        int committed = 0, crossed = 0;
        for (ulong number = 0; number < (ulong)load.Sent.Count; number++)
        {
            AtomicTransaction transaction = load.Sent[(int)number];
            (ulong Number, ulong Read)[] found = [.. transaction.Cells.ToArray().Where(cell => cell.IsWritten)
                .Select(cell => order.GetValueOrDefault(cell.Key, []).SingleOrDefault(element => element.Number == number, (Number: ulong.MaxValue, Read: 0UL)))];
            Assert.True(found.Distinct().Count() == 1, $"Seed {seed}: expected transaction {number} everywhere or nowhere, got {string.Join(' ', found)}.");
            if (found[0].Number == ulong.MaxValue) continue;
            committed++;
            if (transaction.Cells.Length > 2) crossed++;
            foreach ((Digest key, ulong[] read) in program.Seen[(number, found[0].Read)])
            {
                ulong[] final = [.. order.GetValueOrDefault(key, []).Select(element => element.Number)];
                Assert.True(final.AsSpan().StartsWith(read), $"Seed {seed}: expected transaction {number} to read a prefix of [{string.Join(' ', final)}], got [{string.Join(' ', read)}].");
                // Who wrote what it read came before; who wrote next came after.
                if (read.Length > 0) Before(read[^1], number);
                if (read.Length < final.Length && final[read.Length] != number) Before(number, final[read.Length]);
                for (int i = 1; i < final.Length; i++) Before(final[i - 1], final[i]);
            }
        }
        var done = new Dictionary<ulong, bool>();
        foreach (ulong number in edges.Keys.ToArray()) Assert.True(IsAcyclic(number), $"Seed {seed}: a cycle through transaction {number}.");
        return (committed, crossed);

        void Before(ulong first, ulong second)
        {
            if (!edges.TryGetValue(first, out HashSet<ulong>? after)) edges.Add(first, after = []);
            after.Add(second);
        }

        bool IsAcyclic(ulong number)
        {
            if (done.TryGetValue(number, out bool finished)) return finished;
            done[number] = false;
            foreach (ulong next in edges.GetValueOrDefault(number, []))
                if (!IsAcyclic(next)) return false;
            return done[number] = true;
        }
    }

    /// <summary>Appends to each cell that it may write its number and a hash of all that it read.</summary>
    private sealed class ListProgram : IAtomicProgram
    {
        private const int ElementSize = 16;

        /// <summary>By number and hash: a block that does not become final may have read something else.</summary>
        public Dictionary<(ulong Number, ulong Read), List<(Digest Key, ulong[] Numbers)>> Seen { get; } = [];

        public static (ulong Number, ulong Read)[] Elements(ReadOnlySpan<byte> value)
        {
            var elements = new (ulong, ulong)[value.Length / ElementSize];
            for (int i = 0; i < elements.Length; i++)
                elements[i] = (BinaryPrimitives.ReadUInt64LittleEndian(value[(i * ElementSize)..]), BinaryPrimitives.ReadUInt64LittleEndian(value[(i * ElementSize + 8)..]));
            return elements;
        }

        public bool Execute(AtomicTransaction transaction, ProvidedCells cells)
        {
            ulong number = BinaryPrimitives.ReadUInt64LittleEndian(transaction.Payload.Span);
            var seen = new List<(Digest, ulong[])>();
            var values = new List<byte[]>();
            foreach (DeclaredCell cell in transaction.Cells)
            {
                if (cells.Read(cell.Key, out ReadOnlySpan<byte> value) is not (CellStatus.Present or CellStatus.Absent)) return false;
                values.Add(value.ToArray());
                seen.Add((cell.Key, [.. Elements(value).Select(element => element.Number)]));
            }
            ulong read = BinaryPrimitives.ReadUInt64LittleEndian(Domains.StateValue.Hash([.. values.SelectMany(value => value)]).Span);
            Seen[(number, read)] = seen;
            for (int i = 0; i < values.Count; i++)
            {
                if (transaction.Cells[i].IsWritten && cells.Write(transaction.Cells[i].Key, [.. values[i], .. BitConverter.GetBytes(number), .. BitConverter.GetBytes(read)]) != CellStatus.Present) return false;
            }
            return true;
        }
    }

    private sealed class ListLoad : IShardLoad<TransferTransition>
    {
        public List<AtomicTransaction> Sent { get; } = [];

        public void Tick(ShardWorld<TransferTransition> shards, SimulationRandom random)
        {
            if (random.Next(12) > 0) return;
            int[] lists = [.. Enumerable.Range(0, Lists)];
            random.Shuffle<int>(lists);
            List<DeclaredCell> cells = [.. lists.Take(1 + random.Next(3)).Select(list => new DeclaredCell(TestNetwork.Key(list), random.Next(2) == 0))];
            // One that only reads writes down what it read in a cell of its own.
            cells.Add(new DeclaredCell(TestNetwork.Key(1000 + Sent.Count), true));
            long now = shards.World.NowMs;
            Sent.Add(AtomicTransaction.Sign(new AtomicTransaction.Header(shards.ChainId, now, now + 4_000, 1), cells.OrderBy(cell => cell.Key), BitConverter.GetBytes((ulong)Sent.Count)));
            shards.Submit(cells[0].Key, Sent[^1]);
        }
    }
}
