using Prozchain.DataAvailability.Coding;
using Prozchain.DataAvailability.Commitments;
using Prozchain.Testing;

namespace Prozchain.DataAvailability.Tests.Commitments;

/// <summary>All roots at once are those of each line alone, which vectors and definitions hold.</summary>
public class SquareTreesTests
{
    public static TheoryData<int, int> Shapes => new() { { 1, 64 }, { 2, 128 }, { 4, 64 }, { 8, 512 }, { 16, 64 }, { 32, 64 }, { 64, 192 } };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void ComputeRoots_EveryShapeAndThreads_AreThoseOfEachLine(int k, int cellSize)
    {
        foreach (IAxisTree tree in (IAxisTree[])[PlainAxisTree.Instance, NamespacedAxisTree.Instance])
        {
            byte[] cells = Cells(k, cellSize), expected = ByLine(tree, cells, 2 * k, cellSize), roots = new byte[expected.Length];
            foreach (int threads in (int[])[1, 2, 5])
            {
                roots.AsSpan().Clear();
                tree.ComputeRoots(cells, 2 * k, roots, threads, TestContext.Current.CancellationToken);
                Assert.True(expected.AsSpan().SequenceEqual(roots), $"Roots of k = {k} in scheme {tree.Scheme} on {threads} threads differ.");
            }
        }
    }

    [Theory]
    [InlineData(InstructionSet.Avx512)]
    [InlineData(InstructionSet.Avx2)]
    [InlineData(InstructionSet.All)]
    public void ComputeRoots_WithoutInstructionSets_AreTheSame(InstructionSet set) => IsaRerun.Without(set, () =>
    {
        foreach (IAxisTree tree in (IAxisTree[])[PlainAxisTree.Instance, NamespacedAxisTree.Instance])
        {
            byte[] cells = Cells(16, 512), expected = ByLine(tree, cells, 32, 512), roots = new byte[expected.Length];
            tree.ComputeRoots(cells, 32, roots);
            Assert.Equal(expected, roots);
        }
    });

    [Fact]
    public void ComputeRoots_WarmedUp_AllocatesNothingThatGrows()
    {
        byte[] cells = Cells(32, 512), roots = new byte[128 * 90];
        IAxisTree tree = NamespacedAxisTree.Instance;
        var line = new AxisLine(Axis.Row, 3, 64);
        AllocationAssert.None(() => tree.ComputeRoot(line, line.Of(cells, 512), roots.AsSpan(0, 90)));
        tree.ComputeRoots(cells, 64, roots);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++) tree.ComputeRoots(cells, 64, roots);
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 10, 0, 128);
    }

    [Fact]
    public void ComputeRoots_DisorderedOrMisused_Throws()
    {
        byte[] cells = Cells(4, 64), roots = new byte[16 * 90];
        IAxisTree tree = NamespacedAxisTree.Instance;
        Assert.Throws<OperationCanceledException>(() => tree.ComputeRoots(cells, 8, roots, 1, new CancellationToken(true)));
        Assert.ThrowsAny<ArgumentException>(() => tree.ComputeRoots(cells, 8, roots, 0));
        foreach (int width in (int[])[0, 1, 6, 2048, 1 << 16, int.MinValue]) Assert.ThrowsAny<ArgumentException>(() => tree.ComputeRoots(cells, width, roots));
        foreach (int index in (int[])[-1, 8])
            Assert.ThrowsAny<ArgumentException>(() => tree.ComputeRoot(new(Axis.Row, index, 8), new(cells, 8, 64), new byte[90]));
        Assert.Throws<ArgumentException>(() => tree.Build(new(Axis.Row, 0, 2048), new(new byte[2048 * 64], 2048, 64)));
        Assert.Contains("1440 bytes for the roots, got 1439", Assert.Throws<ArgumentException>(() => tree.ComputeRoots(cells, 8, roots.AsMemory(1))).Message, StringComparison.Ordinal);
        // Q1 is free of order, Q0 is not, along rows or columns.
        cells[4 * 64] = 0xFF;
        tree.ComputeRoots(cells, 8, roots);
        cells[2 * 64 + 28] = 0;
        Assert.Contains("ascending order", Assert.Throws<ArgumentException>(() => tree.ComputeRoots(cells, 8, roots)).Message, StringComparison.Ordinal);
        cells = Cells(4, 64);
        cells.AsSpan(8 * 64, 4 * 64).Clear();
        var row = new AxisLine(Axis.Row, 1, 8);
        Assert.True(tree.Accepts(row, row.Of(cells, 64)));
        Assert.Throws<ArgumentException>(() => tree.ComputeRoots(cells, 8, roots));
    }

    // Random cells, but for the namespaces of the data quadrant: in order, three cells to each.
    internal static byte[] Cells(int k, int cellSize)
    {
        byte[] cells = TestSquares.Random(k, 4 * k * k * cellSize);
        for (int i = 0; i < k * k; i++)
        {
            Span<byte> name = cells.AsSpan((i / k * 2 * k + i % k) * cellSize, NamespacedAxisTree.NamespaceSize);
            name.Clear();
            name[27] = (byte)((i + k) / 3 >> 8);
            name[28] = (byte)((i + k) / 3);
        }
        return cells;
    }

    private static byte[] ByLine(IAxisTree tree, byte[] cells, int width, int cellSize)
    {
        var roots = new byte[2 * width * tree.RootSize];
        for (int i = 0; i < 2 * width; i++)
        {
            var line = new AxisLine((Axis)(i / width), i % width, width);
            tree.ComputeRoot(line, line.Of(cells, cellSize), roots.AsSpan(i * tree.RootSize, tree.RootSize));
        }
        return roots;
    }
}
