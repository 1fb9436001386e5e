using System.Text.Json;
using Prozchain.DataAvailability.Commitments;

namespace Prozchain.DataAvailability.Tests.Vectors;

/// <summary>Proofs that Celestia's own library made for row 1 of extended squares: ours are the same, and theirs verify.</summary>
public class CelestiaProofVectorTests
{
    [Fact]
    public void Proofs_OfRowOne_AreCelestias()
    {
        int count = 0;
        using JsonDocument document = CelestiaVectors.Load();
        foreach (JsonElement vector in document.RootElement.EnumerateArray())
        {
            if (!vector.TryGetProperty("row1_namespace_proof", out JsonElement whole)) continue;
            int k = vector.GetProperty("k").GetInt32(), size = vector.GetProperty("share_bytes").GetInt32();
            var parameters = new SquareParameters(k, size, null, NamespacedAxisTree.Instance);
            ExtendedSquare square = ExtendedSquare.Extend(CelestiaVectors.Cells(vector), parameters);
            var line = (NamespacedLine)new SquareProver(square).Line(Axis.Row, 1);
            ReadOnlySpan<byte> row = square.Cells.Span.Slice(2 * k * size, 2 * k * size);

            byte[] name = CelestiaVectors.Bytes(whole.GetProperty("namespace"));
            Assert.Equal(CelestiaVectors.Bytes(whole.GetProperty("root")), line.Root);
            NamespacedProof proof = line.ProveNamespace(name);
            CheckSame(whole, proof);
            Assert.Equal(NamespacedCheck.Valid, proof.VerifyNamespace(line.Line, line.Root, name, Cells(row, proof, size), size));

            JsonElement range = vector.GetProperty("row1_range_proof");
            proof = line.ProveRange(range.GetProperty("start").GetInt32(), range.GetProperty("end").GetInt32());
            CheckSame(range, proof);
            Assert.Equal(NamespacedCheck.Valid, proof.VerifyRange(line.Line, line.Root, Cells(row, proof, size), size));

            name = CelestiaVectors.Bytes(vector.GetProperty("row1_below_range_absence").GetProperty("namespace"));
            proof = line.ProveNamespace(name);
            Assert.Equal((0, 0, 0, 0), (proof.Start, proof.End, proof.Nodes.Length, proof.Leaf.Length));
            Assert.Equal(NamespacedCheck.Valid, proof.VerifyNamespace(line.Line, line.Root, name, [], size));
            count++;
        }
        Assert.Equal(4, count);
    }

    private static ReadOnlySpan<byte> Cells(ReadOnlySpan<byte> row, NamespacedProof proof, int size) => row[(proof.Start * size)..(proof.End * size)];

    private static void CheckSame(JsonElement expected, NamespacedProof proof)
    {
        Assert.Equal((expected.GetProperty("start").GetInt32(), expected.GetProperty("end").GetInt32()), (proof.Start, proof.End));
        byte[] nodes = [.. expected.GetProperty("nodes").EnumerateArray().SelectMany(CelestiaVectors.Bytes)];
        Assert.Equal(nodes, proof.Nodes.ToArray());
        Assert.False(proof.IsAbsence);
    }
}
