using System.Security.Cryptography;
using System.Text.Json;
using Prozchain.DataAvailability.Commitments;

namespace Prozchain.DataAvailability.Tests.Vectors;

/// <summary>
/// Extended squares of Celestia's own library: cells, roots of rows and columns, data roots. Squares of 512 × 512 take ten
/// seconds in scalar code and run where PROZCHAIN_LONG is 1.
/// </summary>
public class CelestiaSquareVectorTests
{
    private static readonly int s_largest = Environment.GetEnvironmentVariable("PROZCHAIN_LONG") == "1" ? 512 : 256;

    [Fact]
    public void Extend_EveryVector_GivesTheSameCellsAndRoots()
    {
        int count = 0;
        using JsonDocument document = CelestiaVectors.Load();
        foreach (JsonElement row in document.RootElement.EnumerateArray())
        {
            int k = row.GetProperty("k").GetInt32(), size = row.GetProperty("share_bytes").GetInt32();
            if (k > s_largest) continue;
            byte[] cells = CelestiaVectors.Cells(row);
            ExtendedSquare square = ExtendedSquare.Extend(cells, new SquareParameters(k, size, null, NamespacedAxisTree.Instance));
            Assert.Equal(row.GetProperty("eds_sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(square.Cells.Span)));
            Assert.Equal(row.GetProperty("data_root").GetString(), Convert.ToHexStringLower(square.DataRoot));
            CheckRoots(row, "row_roots", square, Axis.Row);
            CheckRoots(row, "col_roots", square, Axis.Column);
            count++;
        }
        Assert.True(count >= 10, $"Only {count} vectors.");
    }

    /// <summary>The known answers of celestia-app's tests of its data availability header.</summary>
    [Theory]
    [InlineData(2, "b56e4d251ac266f4b91cc5464b3fc7efcbdc888064647496d13133f0dc65ac25")]
    [InlineData(512, "8f7dd2fc5f70d9c3cac77e815e009d694cd6d249e762dbbbb199b7177d6ad388")]
    public void DataRoot_OfIdenticalShares_IsCelestias(int k, string expected)
    {
        if (k > s_largest) Assert.Skip("PROZCHAIN_LONG is not 1.");
        byte[] share = [.. new byte[19], .. Enumerable.Repeat((byte)1, 10), .. Enumerable.Repeat((byte)0xFF, 483)];
        var cells = new byte[k * k * 512];
        for (int i = 0; i < k * k; i++) share.CopyTo(cells, i * 512);
        Assert.Equal(expected, DataRoot(cells, k));
    }

    /// <summary>A square of one tail-padding share: namespace 0 and 27 times 0xFF and 0xFE, version 0 and start bit, no data.</summary>
    [Fact]
    public void DataRoot_OfTheMinimalSquare_IsCelestias()
    {
        byte[] share = [.. Enumerable.Repeat((byte)0xFF, 28), 0xFE, 1, .. new byte[482]];
        Assert.Equal("3d96b7d238e7e0456f6af8e7cdf0a67bd6cf9c2089ecb559c659dcaa1f880353", DataRoot(share, 1));
    }

    private static string DataRoot(byte[] cells, int k) =>
        Convert.ToHexStringLower(ExtendedSquare.Extend(cells, new SquareParameters(k, 512, null, NamespacedAxisTree.Instance)).DataRoot);

    private static void CheckRoots(JsonElement row, string name, ExtendedSquare square, Axis axis)
    {
        int width = square.Parameters.Width;
        if (row.TryGetProperty(name, out JsonElement all))
        {
            for (int i = 0; i < width; i++) Check(all[i], i);
            return;
        }
        JsonElement some = row.GetProperty(name + "_first_mid_last");
        Check(some[0], 0);
        Check(some[1], width / 2);
        Check(some[2], width - 1);

        void Check(JsonElement expected, int index) => Assert.Equal(expected.GetString(), Convert.ToHexStringLower(square.Header.Root(axis, index)));
    }
}
