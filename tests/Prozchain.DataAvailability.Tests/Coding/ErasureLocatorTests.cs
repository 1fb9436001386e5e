using Prozchain.DataAvailability.Coding;
using Prozchain.Testing;

namespace Prozchain.DataAvailability.Tests.Coding;

public class ErasureLocatorTests
{
    [Fact]
    public void Logarithms_EverySizeOfSmallField_MatchesDefinition()
    {
        for (int n = 1; n <= 256; n *= 2) CheckAll(CantorField.Gf8, n, LocatorOracle.ByDefinition);
    }

    [Fact]
    public void Logarithms_EverySizeOfLargeField_MatchesDefinitionOrTransform()
    {
        for (int n = 1; n <= 65536; n *= 2) CheckAll(CantorField.Gf16, n, n <= 2048 ? LocatorOracle.ByDefinition : LocatorOracle.ByTransform);
    }

    [Fact]
    public void Logarithms_WarmedUp_AllocatesNothing()
    {
        foreach (int n in (int[])[4, 256, 8192])
        {
            var erased = new bool[n];
            var result = new ushort[n];
            AllocationAssert.None(() => ErasureLocator.Logarithms(n == 256 ? CantorField.Gf8 : CantorField.Gf16, erased, result));
        }
    }

    [Theory]
    [InlineData(InstructionSet.Avx512)]
    [InlineData(InstructionSet.Avx2)]
    [InlineData(InstructionSet.All)]
    public void Logarithms_WithoutInstructionSets_MatchesTransform(InstructionSet set) => IsaRerun.Without(set, () =>
    {
        foreach (int n in (int[])[2, 16, 32, 64, 128, 256])
        {
            CheckAll(CantorField.Gf8, n, LocatorOracle.ByTransform);
            CheckAll(CantorField.Gf16, n * 256, LocatorOracle.ByTransform);
        }
    });

    private static void CheckAll(CantorField field, int n, Func<CantorField, bool[], int[]> oracle)
    {
        var random = new Random(n);
        foreach (double share in (double[])[0, 0.01, 0.5, 0.97, 1])
        {
            bool[] erased = [.. Enumerable.Range(0, n).Select(_ => random.NextDouble() < share)];
            CheckOne(field, erased, oracle);
        }
        // All of the upper half: the most that a sum with signs can be on either side.
        CheckOne(field, [.. Enumerable.Range(0, n).Select(i => i >= n / 2)], oracle);
    }

    private static void CheckOne(CantorField field, bool[] erased, Func<CantorField, bool[], int[]> oracle)
    {
        // Longer than n, and dirty: what is beyond n stays.
        var result = new ushort[erased.Length + 3];
        Array.Fill(result, (ushort)0xABCD);
        ErasureLocator.Logarithms(field, erased, result);
        Assert.Equal(oracle(field, erased), result[..erased.Length].Select(value => (int)value));
        Assert.All(result[erased.Length..], value => Assert.Equal(0xABCD, value));
    }
}
