using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Rollups.Zk.Signatures;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Columns = Prozchain.Rollups.Zk.Circuit.OneTimeKeyColumns;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using Poseidon2 = Prozchain.Zk.Airs.Poseidon2Cells<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Circuit;

/// <summary>Tables that a malicious prover makes whole, with all cells that depend on the lie; he may know the key.</summary>
public sealed class SignatureLieTests
{
    private static readonly SampleSignature<Poseidon2> s_sample = SampleSignature<Poseidon2>.Low;
    private static readonly SignatureWitness s_honest = s_sample.Witness(8);

    /// <summary>One chain shown a place later, and another a place before, so that the sum is right.</summary>
    [Fact]
    public void OtherDigits_AreFound()
    {
        byte[] digits = s_honest.Digits.ToArray();
        int later = Array.FindIndex(digits, digit => digit < 3), before = Array.FindIndex(digits, digit => digit == 3);
        digits[later]++;
        digits[before]--;
        SignatureWitness forged = s_honest with { Digits = digits, Values = Enumerable.Range(0, 64).SelectMany(chain => s_sample.ValueAt(chain, digits[chain])).ToArray() };
        Found(RollupBuses.KeyDigits.Name, s_honest, OneTimeKeyWriter<Poseidon2>.Generate(new[] { forged }));
        Found(RollupBuses.CompressN.Name, forged, null);
    }

    [Fact]
    public void DigitsOfAnotherSum_AreFound()
    {
        byte[] digits = s_honest.Digits.ToArray();
        digits[Array.FindIndex(digits, digit => digit < 3)]++;
        Assert.Contains(Alone(s_honest with { Digits = digits }), fault => fault.Constraint == "sum");
    }

    /// <summary>y + p is below 2^31 too where y is small: other digits of the same element.</summary>
    [Fact]
    public void ElementReadBeyondThePrime_IsFound()
    {
        F[] codeword = s_honest.Codeword.ToArray();
        uint low = codeword[0].ToUInt32() & 0xFFFFFF;
        codeword[0] = F.FromUInt32(low - 1);
        Assert.Equal(["canonical[0]"], Alone(s_honest with { Codeword = codeword }, trace =>
        {
            for (int i = 0; i < SignatureColumns.HighBits; i++) trace[SignatureColumns.High + i, 0] = F.One;
            trace[SignatureColumns.Inverse, 0] = F.Zero;
        }).Select(fault => fault.Constraint));

        // p - 1 itself has seven high bits, and no low ones.
        byte[] digits = [.. Enumerable.Range(0, 64).Select(chain => (byte)(chain < 12 ? 0 : chain < 45 ? 3 : 2))];
        for (int i = 0; i < 6; i++)
        {
            uint value = 0;
            for (int j = 0; j < 12 && 12 * i + j < 64; j++) value |= (uint)digits[12 * i + j] << 2 * j;
            codeword[i] = i == 0 ? -F.One : F.FromUInt32(value);
        }
        Assert.Empty(Alone(s_honest with { Codeword = codeword, Digits = digits }));
    }

    [Fact]
    public void AnotherKeyTreeOrIndex_IsFound()
    {
        Trace<F> keys = OneTimeKeyWriter<Poseidon2>.Generate(new[] { s_honest });
        Found(RollupBuses.KeyRoot.Name, s_honest with { Root = Raised(s_honest.Root) }, keys);
        Found(RollupBuses.KeyDigits.Name, s_honest with { Parameter = Raised(s_honest.Parameter) }, keys);
        Found(RollupBuses.KeyDigits.Name, s_honest with { Index = 1 }, keys);
        Found(RollupBuses.CompressN.Name, s_honest with { Digest = Raised(s_honest.Digest) }, keys);
        Found(RollupBuses.KeyDigits.Name, s_honest with { Number = 9 }, keys);
    }

    [Fact]
    public void OneSignatureForTwoTransactions_IsFound()
    {
        SignatureTables<Poseidon2> tables = new([s_honest]);
        Assert.Contains(tables.Checker([s_honest, s_honest]).Faults(), fault => fault.Constraint == RollupBuses.Signed.Name);
        Assert.Contains(tables.Checker([s_honest, s_honest with { Number = 9 }]).Faults(), fault => fault.Constraint == RollupBuses.Signed.Name);
        Assert.Contains(new SignatureTables<Poseidon2>([s_honest, s_honest]).Checker([s_honest]).Faults(), fault => fault.Constraint == RollupBuses.Signed.Name);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(3)]
    public void TreeOfAnotherHeight_IsFound(int height) => Assert.NotEmpty(Alone(s_honest with { Height = height }));

    /// <summary>The leaf as the second child, as index 1 has it, and nodes hashed rightly from there.</summary>
    [Fact]
    public void LeafInAnotherPlace_IsFound()
    {
        int first = OneTimeKeyAir<Poseidon2>.Rows(0);
        IReadOnlyList<TraceFault> faults = Edited(trace =>
        {
            (trace[Columns.CountA, first], trace[Columns.KeyIndex, first]) = (F.One, F.One);
            for (int i = 0; i < 5; i++) (trace[Columns.In + i, first], trace[Columns.In + 5 + i, first]) = (trace[Columns.In + 5 + i, first], trace[Columns.In + i, first]);
            for (int row = first; row < first + 3; row++)
            {
                F[] input = [.. Enumerable.Range(0, 16).Select(i => trace[Columns.In + i, row])], output = new F[6];
                PermutationCells.Compress<Poseidon2, F>(input, 0, output);
                for (int i = 0; i < 6; i++) trace[Columns.Hash + i, row + 1] = output[i];
                for (int i = 0; i < 5; i++) trace[Columns.In + i, row + 1] = output[i];
            }
        });
        Assert.Equal(["carried index"], faults.Where(fault => fault.Kind == TraceFaultKind.Constraint).Select(fault => fault.Constraint));
        Assert.Contains(faults, fault => fault.Constraint == RollupBuses.KeyRoot.Name);
    }

    [Fact]
    public void RowsLeftOutDoubledOrSwapped_AreFound()
    {
        int[] absorbed = [.. Enumerable.Range(0, 91).Where(row => s_keys[Columns.Absorb, row] == F.One)];
        int step = Enumerable.Range(0, 91).First(row => s_keys[Columns.StepA, row] == F.One), path = OneTimeKeyAir<Poseidon2>.Rows(0);
        Assert.Empty(Rearranged([.. Enumerable.Range(0, 91)]));
        // A step; a whole pair; the leaf.
        Assert.NotEmpty(Rearranged([.. Enumerable.Range(0, 91).Where(row => row != step)]));
        Assert.NotEmpty(Rearranged([.. Enumerable.Range(0, 91).Where(row => row <= absorbed[4] || row > absorbed[5])]));
        Assert.Contains(Rearranged([.. Enumerable.Range(path, 4)]), fault => fault.Constraint == "order: levels follow the leaf");
        // The same step or level again; two pairs in each other's place.
        Assert.NotEmpty(Rearranged([.. Enumerable.Range(0, step + 1), .. Enumerable.Range(step, 91 - step)]));
        Assert.NotEmpty(Rearranged([.. Enumerable.Range(0, 90), 89, 90]));
        int a = absorbed[2] + 1, b = absorbed[3] + 1, c = absorbed[4] + 1;
        Assert.NotEmpty(Rearranged([.. Enumerable.Range(0, a), .. Enumerable.Range(b, c - b), .. Enumerable.Range(a, b - a), .. Enumerable.Range(c, 91 - c)]));
        // What is left of a signature that ends before its path, or within it.
        Assert.NotEmpty(Rearranged([.. Enumerable.Range(0, path)]));
        Assert.NotEmpty(Rearranged([.. Enumerable.Range(0, path + 3)]));
    }

    private static readonly Trace<F> s_keys = OneTimeKeyWriter<Poseidon2>.Generate(new[] { s_honest });

    private static void Found(string bus, SignatureWitness signature, Trace<F>? keys) =>
        Assert.Contains(new SignatureTables<Poseidon2>([signature], keys).Checker([signature]).Faults(), fault => fault.Constraint == bus);

    private static F[] Raised(ReadOnlyMemory<F> elements) => [.. elements.ToArray().Select((element, i) => i == 1 ? element + F.One : element)];

    // The table of signatures, whose every message is answered.
    private static IReadOnlyList<TraceFault> Alone(SignatureWitness witness, Action<Trace<F>>? change = null)
    {
        Trace<F> trace = SignatureWriter.Generate([witness], new CompressionAsks<Poseidon2>());
        change?.Invoke(trace);
        TraceChecker<F> checker = new TraceChecker<F>().Add(new SignatureAir(), trace).Post(RollupBuses.Signed, BusDirection.Send, F.One, SampleSignature<Poseidon2>.Signed(witness));
        ReadOnlySpan<byte> digits = witness.Digits.Span;
        for (int pair = 0; pair < 32; pair++)
            checker.Post(RollupBuses.KeyDigits, BusDirection.Send, F.One,
                [s_number, Element(pair), Element(3 - digits[2 * pair]), Element(3 - digits[2 * pair + 1]), .. witness.Parameter.Span, Element((int)witness.Index)]);
        var input = new F[16];
        witness.WriteCodewordInput(input);
        return checker.Post(RollupBuses.KeyRoot, BusDirection.Send, F.One, [s_number, Element(witness.Height - 1), .. witness.Root.Span])
            .Post(RollupBuses.CompressN, BusDirection.Receive, F.One, [.. input, .. witness.Codeword.Span]).Faults();
    }

    private static readonly F s_number = F.FromUInt32(8);

    private static F Element(int value) => F.FromUInt32((uint)value);

    // The table of one-time keys, changed, with permutations of what then stands there.
    private static IReadOnlyList<TraceFault> Edited(Action<Trace<F>> change)
    {
        Trace<F> trace = OneTimeKeyWriter<Poseidon2>.Generate(new[] { s_honest });
        change(trace);
        PermutationCells.FillRows<Poseidon2, F>(trace, Columns.In, Columns.Cells, 0, Columns.StateElements);
        return new SignatureTables<Poseidon2>([s_honest], trace).Checker([s_honest]).Faults();
    }

    private static IReadOnlyList<TraceFault> Rearranged(int[] rows) => Edited(trace =>
    {
        for (int column = 0; column < Columns.Cells; column++)
            for (int row = 0; row < trace.Height; row++) trace[column, row] = row < rows.Length ? s_keys[column, rows[row]] : F.Zero;
    });
}
