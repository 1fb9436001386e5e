using Prozchain.Testing;

namespace Prozchain.Shared.Tests;

/// <summary>What somebody who knows how a batch works may try.</summary>
public class Ed25519BatchAttackTests
{
    [Fact]
    public void Verify_PublishedCasesInBatchesOfEverySize_AgreesWithTheRule()
    {
        Ed25519Case[] all = [.. Ed25519Vectors.Edge(), .. Ed25519Vectors.Wycheproof()], valid = [.. all.Where(test => test.IsValid)];
        var batch = new Ed25519Batch();
        int at = 0;
        for (int size = 1; size <= 130; size++)
            foreach (Ed25519Case[] cases in (Ed25519Case[][])[all, valid])
            {
                at += size;
                Ed25519Cases.Check(batch, [.. Enumerable.Range(0, size).Select(i => cases[(at + i) % cases.Length])]);
            }
    }

    // Each case at each place of a batch of 33, among other cases that only the equation with the cofactor lets pass.
    [Fact]
    public void Verify_PublishedCaseAtEveryPlace_AgreesWithTheRule()
    {
        Ed25519Case[] cases = [.. Ed25519Vectors.Edge()];
        var batch = new Ed25519Batch();
        for (int shift = 0; shift < 33; shift++)
            for (int start = shift; start < cases.Length; start += 33) Ed25519Cases.Check(batch, cases.AsSpan(start, Math.Min(33, cases.Length - start)));
    }

    [Fact]
    public void Verify_AnyPartOfTheBatchChanged_DrawsEveryCoefficientAnew()
    {
        Ed25519Case[] cases = Ed25519Cases.Good(new SeededRandom(TestSettings.Seed), 9);
        var kernel = new ListeningKernel();
        var batch = new Ed25519Batch(kernel);
        var valid = new bool[cases.Length];
        List<string[]> seen = [Coefficients(cases)];
        Assert.Equal(seen[0], Coefficients(cases));
        foreach (int at in (int[])[0, 4, 8])
        {
            foreach (int bit in (int[])[0, 7, 130, 251]) seen.Add(Coefficients(Changed(at, cases[at] with { PublicKey = Flipped(cases[at].PublicKey, bit) })));
            foreach (int bit in (int[])[0, 251, 256, 300, 500]) seen.Add(Coefficients(Changed(at, cases[at] with { Signature = Flipped(cases[at].Signature, bit) })));
            seen.Add(Coefficients(Changed(at, cases[at] with { Message = [.. cases[at].Message, 0] })));
        }
        seen.Add(Coefficients([.. cases[1..], cases[0]]));
        for (int i = 0; i < cases.Length; i++) Assert.Equal(seen.Count, seen.Select(coefficients => coefficients[i]).Distinct().Count());
        Assert.Equal(cases.Length, seen[0].Distinct().Count());

        Ed25519Case[] Changed(int at, Ed25519Case test) => [.. cases[..at], test, .. cases[(at + 1)..]];

        string[] Coefficients(Ed25519Case[] batched)
        {
            kernel.Heard.Clear();
            Ed25519Cases.Verify(batch, batched, valid);
            return kernel.Heard[0];
        }
    }

    // Errors in s that cancel under the coefficients of the batch without them: the errors draw other coefficients.
    [Fact]
    public void Verify_ErrorsThatCancelUnderTheGoodBatchesCoefficients_AreNamed()
    {
        Ed25519Case[] cases = Ed25519Cases.Good(new SeededRandom(TestSettings.Seed), 6);
        var kernel = new ListeningKernel();
        var batch = new Ed25519Batch(kernel);
        Ed25519Cases.Verify(batch, cases, new bool[cases.Length]);
        System.Numerics.BigInteger[] z = [.. kernel.Heard[0].Select(Number)];
        cases[1] = Ed25519Cases.WithAnswer(cases[1], z[4]);
        cases[4] = Ed25519Cases.WithAnswer(cases[4], -z[1]);
        Ed25519Cases.Check(batch, cases);

        static System.Numerics.BigInteger Number(string digits) =>
            Convert.FromHexString(digits).Reverse().Aggregate(System.Numerics.BigInteger.Zero, (sum, digit) => (sum << 4) + (sbyte)digit);
    }

    // Bad signatures must not cost much more than single verification: few sums, and short digits for them.
    [Theory]
    [InlineData(60)]
    [InlineData(256)]
    [InlineData(1024)]
    public void Verify_AllBad_SumsSeldom(int count)
    {
        Ed25519Case[] good = Ed25519Cases.Good(new SeededRandom(TestSettings.Seed), 64);
        Ed25519Case[] cases = [.. Enumerable.Range(0, count).Select(i => Ed25519Cases.Spoilt(good[i % good.Length], 0))];
        var kernel = new ListeningKernel();
        Ed25519Cases.Check(new Ed25519Batch(kernel), cases);
        Assert.InRange(kernel.Heard.Count, 1, count / 3);
        Assert.InRange(kernel.WideSums, 0, 1);
    }

    private static byte[] Flipped(byte[] bytes, int bit)
    {
        byte[] result = [.. bytes];
        TrieTools.Flip(result, bit);
        return result;
    }

    /// <summary>The widest kernel, with an ear on the coefficients: the digits that R is multiplied by.</summary>
    private sealed unsafe class ListeningKernel : IEdwardsKernel
    {
        private readonly IEdwardsKernel _kernel = EdwardsKernels.Create();

        public List<string[]> Heard { get; } = [];

        public int WideSums { get; private set; }

        public void Decode(ulong* encodings, ulong* points, Span<bool> isPoint) => _kernel.Decode(encodings, points, isPoint);

        public EdwardsPoint Sum(ReadOnlySpan<PointRun> runs, int bits)
        {
            PointRun nonces = runs[1];
            var digits = new string[nonces.Count];
            for (int i = 0; i < digits.Length; i++) digits[i] = Convert.ToHexString(new ReadOnlySpan<byte>(nonces.Digits + i * nonces.DigitsEach, nonces.DigitsEach));
            Heard.Add(digits);
            if (bits == 8) WideSums++;
            return _kernel.Sum(runs, bits);
        }
    }
}
