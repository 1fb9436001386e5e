using System.Numerics;
using System.Text.Json;
using Prozchain.Testing;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Tests;

/// <summary>Transforms that Plonky3 computed, in natural order but for the batch, whose rows are in bit-reversed order.</summary>
public class TransformVectors
{
    [Fact]
    public void Transform_PeerValuesKoalaBear_Match() => Check<KoalaBear>("zk/ntt-koalabear.json");

    [Fact]
    public void Transform_PeerValuesBabyBear_Match() => Check<BabyBear>("zk/ntt-babybear.json");

    private static void Check<T>(string path) where T : struct, IField31Parameters
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(TestVectors.Require(path)));
        Field31<T>[] generators = Read<T>(document.RootElement.GetProperty("two_adic_generators"));
        Assert.Equal(T.TwoAdicity + 1, generators.Length);
        for (int bits = 0; bits < generators.Length; bits++) Assert.Equal(generators[bits], Field31<T>.TwoAdicGenerator(bits));
        var seen = new HashSet<string>();
        foreach (JsonElement row in document.RootElement.GetProperty("cases").EnumerateArray()) seen.Add(Check<T>(row));
        Assert.Equal(5, seen.Count);
    }

    private static string Check<T>(JsonElement row) where T : struct, IField31Parameters
    {
        string operation = row.GetProperty("op").GetString()!;
        if (operation == "batch_coset_lde_bitreversed_rows")
        {
            CheckBatch<T>(row, new LowDegreeExtension<Field31<T>>(new NaiveDft<Field31<T>>()));
            CheckFastBatch<T>(row);
            return operation;
        }
        Check<T>(row, operation, new NaiveDft<Field31<T>>());
        Check<T>(row, operation, new FastDft<Field31<T>>());
        return operation;
    }

    private static void Check<T>(JsonElement row, string operation, IDft<Field31<T>> dft) where T : struct, IField31Parameters
    {
        Field31<T>[] input = Read<T>(row.GetProperty("input")), expected = Read<T>(row.GetProperty("output"));
        var output = new Field31<T>[expected.Length];
        Field31<T> shift = row.TryGetProperty("shift", out JsonElement value) ? Field31<T>.FromUInt32(value.GetUInt32()) : Field31<T>.One;
        switch (operation)
        {
            case "dft" or "coset_dft": dft.Evaluate(input, shift, output); break;
            case "idft": dft.Interpolate(input, shift, output); break;
            case "coset_lde": new LowDegreeExtension<Field31<T>>(dft).Extend(input, shift, output); break;
            default: Assert.Fail($"Unknown operation '{operation}'."); break;
        }
        Assert.Equal(expected, output);
    }

    private static void CheckFastBatch<T>(JsonElement row) where T : struct, IField31Parameters
    {
        Field31<T>[] input = Read<T>(row.GetProperty("input_row_major")), expected = Read<T>(row.GetProperty("output_row_major"));
        int width = row.GetProperty("width").GetInt32(), height = input.Length / width, added = BitOperations.Log2((uint)(expected.Length / input.Length));
        Field31<T>[] columns = [.. Enumerable.Range(0, input.Length).Select(i => input[i % height * width + i / height])], extended = new Field31<T>[expected.Length];
        new CosetExtension<Field31<T>>(BitOperations.Log2((uint)height), added, Field31<T>.FromUInt32(row.GetProperty("shift").GetUInt32()))
            .Extend(columns, new ColumnLayout(width, height), extended, new ColumnLayout(width, height << added));
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], extended[i % width * (height << added) + i / width]);
    }

    private static void CheckBatch<T>(JsonElement row, LowDegreeExtension<Field31<T>> extension) where T : struct, IField31Parameters
    {
        Field31<T>[] input = Read<T>(row.GetProperty("input_row_major")), expected = Read<T>(row.GetProperty("output_row_major"));
        int width = row.GetProperty("width").GetInt32(), height = expected.Length / width, bits = BitOperations.Log2((uint)height);
        for (int column = 0; column < width; column++)
        {
            Field31<T>[] values = [.. input.Where((_, i) => i % width == column)];
            var extended = new Field31<T>[height];
            extension.Extend(values, Field31<T>.FromUInt32(row.GetProperty("shift").GetUInt32()), extended);
            for (int i = 0; i < height; i++) Assert.Equal(expected[i * width + column], extended[Reverse(i, bits)]);
        }
    }

    private static int Reverse(int index, int bits)
    {
        int reversed = 0;
        for (int i = 0; i < bits; i++) reversed |= (index >> i & 1) << (bits - 1 - i);
        return reversed;
    }

    private static Field31<T>[] Read<T>(JsonElement array) where T : struct, IField31Parameters =>
        [.. array.EnumerateArray().Select(value => Field31<T>.FromUInt32(value.GetUInt32()))];
}
