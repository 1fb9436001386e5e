using Prozchain.DataAvailability.Coding;
using Prozchain.DataAvailability.Commitments;
using Prozchain.DataAvailability.Repair;
using Prozchain.DataAvailability.Sampling;

namespace Prozchain.DataAvailability.Tests.Commitments;

public class AxisTreeFamilyTests
{
    [Fact]
    public async Task Square_WithAnotherTree_IsReadSampledAndRepaired()
    {
        var tree = new QuadrantTree();
        var parameters = new SquareParameters(4, 64, null, tree);
        ExtendedSquare square = ExtendedSquare.Encode(TestSquares.Random(1, 900), parameters);
        byte[] wire = TestSquares.Encoded(square.Header.WriteTo);
        Assert.Equal(4 + 16 * 34, wire.Length);
        Assert.Equal(ReadResult.UnknownTree, SquareHeader.TryRead(wire, out _));
        Assert.Equal(ReadResult.Ok, SquareHeader.TryRead(wire, NaiveReedSolomon.Instance, tree, out SquareHeader? header));
        Assert.True(header!.DataRoot.SequenceEqual(square.DataRoot));

        var client = new LightClient(header, TestSquares.Seed(1));
        Assert.True((await client.SampleAsync(new LocalShareSource(square), 1)).IsAvailable);
        var repair = new SquareRepair(header);
        foreach (CheckedCell cell in client.Sampler.Cells) repair.Add(cell);
        RepairResult result = repair.Repair();
        Assert.Equal(RepairStatus.Repaired, result.Status);
        Assert.True(square.Cells.Span.SequenceEqual(result.Square!.Cells.Span));
    }

    [Fact]
    public void SquareParameters_TreeWithTooLongRoots_Throws() =>
        Assert.Contains("1 to 128 bytes, got 129", Assert.Throws<ArgumentException>(() => new SquareParameters(1, 64, null, new LongRoots())).Message, StringComparison.Ordinal);

    private sealed class LongRoots : IAxisTree
    {
        public byte Scheme => 201;

        public int RootSize => 129;

        public void ComputeRoot(AxisLine line, ReadOnlyShards cells, Span<byte> root) => throw new NotSupportedException();

        public ILineTree Build(AxisLine line, ReadOnlyShards cells) => throw new NotSupportedException();

        public bool Verify(AxisLine line, ReadOnlySpan<byte> root, int position, ReadOnlySpan<byte> cell, ReadOnlySpan<byte> path) => false;
    }
}
