using System.Runtime.CompilerServices;

namespace Prozchain.AI.Engine;

/// <summary>The steps of a graph for at most so many instances, and the memory that they share.</summary>
internal sealed class ExecutionPlan
{
    /// <summary>Most bytes of one plan: what one array of .NET holds, less what rounding up may add.</summary>
    public const long MaxArena = int.MaxValue - (1L << 20);

    private readonly Operand[] _operands;
    private readonly long[] _work;

    /// <summary>Plans a graph.</summary>
    /// <param name="fuse">Whether roundings behind products are done where the sums are; without it each node's output exists.</param>
    /// <exception cref="ArgumentException">The memory would be more than <paramref name="maxBytes"/>.</exception>
    public ExecutionPlan(PreparedGraph prepared, int maxBatch, bool fuse, long maxBytes)
    {
        IntegerGraph graph = prepared.Graph;
        (ArenaPlan arena, FusedNode[] order, int[] place) = Arrange(graph, maxBatch, fuse);
        Bytes = arena.Length;
        if (Bytes > Math.Min(maxBytes, MaxArena))
            throw new ArgumentException($"Expected a batch whose values fit into {Math.Min(maxBytes, MaxArena)} bytes, got {Bytes} for {maxBatch} instances.");
        byte[] memory = GC.AllocateArray<byte>((int)Bytes + ArenaPlan.Alignment, pinned: true);
        int aligned = Aligned(memory);
        _operands = new Operand[graph.Values.Count];
        foreach (IntegerValue value in graph.Values)
        {
            if (graph.Values[place[value.Index]].Constant is { } constant) _operands[value.Index] = Operand.Shared(value, constant);
            else if (arena.TryOffset(place[value.Index], out long offset))
                _operands[value.Index] = new Operand(value, memory.AsMemory(aligned + (int)offset, (int)(value.Bytes * maxBatch)), false);
        }
        var factory = new StepFactory(prepared, v => _operands[v.Index]);
        Steps = [.. order.Select(n => factory.Make(n.First, n.Last, n.Rescaling))];
        _work = [.. order.Select(n => NodeCost.Multiplications(n.First))];
        ScratchBytes = Scratch(maxBatch, Math.Min(maxBytes, MaxArena));
    }

    public Step[] Steps { get; }

    /// <summary>About how many multiplications a step is for one instance.</summary>
    public long Work(int step) => _work[step];

    /// <summary>Bytes of the values.</summary>
    public long Bytes { get; }

    /// <summary>Bytes of scratch of each thread.</summary>
    public int ScratchBytes { get; }

    /// <summary>Where a value is; nowhere if it was fused away.</summary>
    public Operand Find(IntegerValue value) => _operands[value.Index];

    /// <summary>Bytes of the values of a plan that fuses, without making it.</summary>
    public static long BytesOf(IntegerGraph graph, int maxBatch) => Arrange(graph, maxBatch, fuse: true).Arena.Length;

    private static (ArenaPlan Arena, FusedNode[] Order, int[] Place) Arrange(IntegerGraph graph, int maxBatch, bool fuse)
    {
        // A reshape is another name for the same bytes.
        int[] place = [.. graph.Values.Select(v => v.Index)];
        foreach (IntegerNode node in graph.Nodes)
            if (node.Kind == OperatorKind.Reshape) place[node.Output.Index] = place[node.Inputs[0].Index];
        FusedNode[] order = FusedNode.Of(graph, fuse);
        var last = new int[graph.Values.Count];
        for (int i = 0; i < order.Length; i++)
            foreach (IntegerValue input in order[i].First.Inputs) last[place[input.Index]] = i;
        foreach (Border output in graph.Outputs) last[place[output.Value.Index]] = int.MaxValue;

        var arena = new ArenaPlan();
        foreach (Border input in graph.Inputs) arena.Take(input.Value.Index, OfBatch(input.Value));
        var leaving = new Dictionary<int, List<int>>();
        foreach (Border input in graph.Inputs) Leave(input.Value.Index, 0);
        for (int i = 0; i < order.Length; i++)
        {
            IntegerValue output = order[i].Last.Output;
            arena.Take(output.Index, OfBatch(output));
            Leave(output.Index, i);
            if (leaving.Remove(i, out List<int>? gone))
                foreach (int value in gone) arena.Free(value, OfBatch(graph.Values[value]));
        }
        return (arena, order, place);

        // Far more than a plan may have, and few enough that a sum over all values does not wrap.
        long OfBatch(IntegerValue value) => (long)Int128.Min((Int128)value.Bytes * maxBatch, 1L << 40);

        void Leave(int value, int made)
        {
            int at = Math.Max(last[value], made);
            if (!leaving.TryGetValue(at, out List<int>? values)) leaving[at] = values = [];
            values.Add(value);
        }
    }

    private int Scratch(int maxBatch, long maxBytes)
    {
        try
        {
            int most = Steps.Select(s => s.ScratchBytes(maxBatch)).DefaultIfEmpty(0).Max();
            return most <= maxBytes ? most : throw new ArgumentException($"Expected steps with at most {maxBytes} bytes of scratch, got {most}.");
        }
        catch (OverflowException)
        {
            throw new ArgumentException($"Expected steps with at most {maxBytes} bytes of scratch, got more than 2^31.");
        }
    }

    private static unsafe int Aligned(byte[] memory)
    {
        nuint address = (nuint)Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(memory));
        return (int)((ArenaPlan.Alignment - address % ArenaPlan.Alignment) % ArenaPlan.Alignment);
    }
}
