using System.Numerics;
using Prozchain.Zk.Security;

namespace Prozchain.Zk.Tests.Security;

/// <summary>The figures in doubles against the same formulas in exact rationals: never more, and less by next to nothing.</summary>
public class FormulaExactnessTests
{
    private const int Scale = 512;

    [Theory]
    [InlineData(4, 2, 17)]
    [InlineData(10, 1, 100)]
    [InlineData(20, 3, 60)]
    public void Query_UniqueDecoding_IsExact(int logRows, int logBlowup, int queries)
    {
        ProtocolNumbers numbers = Systems.Plain with { LogRows = logRows, MinLogRows = logRows, LogBlowup = logBlowup, Queries = queries };
        BigInteger n = BigInteger.One << (logRows + logBlowup), k = BigInteger.One << logRows;
        AssertExact(LogMath.Bits(new SoundnessModel(numbers, UniqueDecodingBound.Instance).Query()),
            BigInteger.Pow(n + k + 2, queries), BigInteger.Pow(2 * n, queries));
    }

    [Theory]
    [InlineData(4, 2, 17, 3)]
    [InlineData(12, 2, 90, 40)]
    [InlineData(18, 4, 30, 200)]
    public void Query_Johnson_IsExact(int logRows, int logBlowup, int queries, int m)
    {
        // The square of √ρ⁺ (1 + 1/(2m)) is rational; so the error's square is.
        ProtocolNumbers numbers = Systems.Plain with { LogRows = logRows, MinLogRows = logRows, LogBlowup = logBlowup, Queries = queries };
        BigInteger n = BigInteger.One << (logRows + logBlowup), k = BigInteger.One << logRows;
        AssertExact(2 * LogMath.Bits(new SoundnessModel(numbers, new JohnsonBound(m)).Query()),
            BigInteger.Pow((k + 2) * (2 * m + 1) * (2 * m + 1), queries), BigInteger.Pow(n * 4 * m * m, queries));
    }

    [Theory]
    [InlineData(1, 2, 3)]
    [InlineData(9, 1, 12)]
    [InlineData(20, 2, 400)]
    public void Exceptional_Johnson_IsExact(int logDimension, int logBlowup, int m)
    {
        // With r = k - 1 and M = (2m + 1)/2 the bound is (A + B)/r^1.5, A = (2M⁵ + 3M r/n) n^2.5/3 and B = M r √n: its square is rational.
        BigInteger n = BigInteger.One << (logDimension + logBlowup), r = (BigInteger.One << logDimension) - 1, odd = 2 * m + 1;
        // 48 √n⁻¹ (A + B) = 3 odd⁵ n² … in integers: A = n^1.5 (odd⁵ n/16 + 3 odd r/2)/3, B = odd r √n/2.
        BigInteger sum = n * (BigInteger.Pow(odd, 5) * n + 24 * odd * r) + 24 * odd * r;
        double bits = -new JohnsonBound(m).Log2Exceptional(logDimension, logBlowup) + 200 - LogMath.Margin;
        AssertExact(2 * bits, sum * sum * n, 48 * 48 * BigInteger.Pow(r, 3) << 400);
    }

    [Theory]
    [InlineData(10, 5, 4)]
    [InlineData(20, 64, 9)]
    [InlineData(16, 1, 1)]
    public void Lookup_UniqueDecoding_IsExact(int logRows, int lookups, int width)
    {
        ProtocolNumbers numbers = Systems.Plain with { Log2Field = FieldFacts.Of(StarkField.KoalaBear).Log2Size(4), LogRows = logRows, Lookups = lookups, MessageWidth = width };
        AssertExact(LogMath.Bits(new SoundnessModel(numbers, UniqueDecodingBound.Instance).Lookup()),
            (BigInteger)lookups * (width + 2) << logRows, BigInteger.Pow(0x7F000001, 4));
        numbers = numbers with { Lookups = 0, SharedMessageWidth = width, LogSharedMessages = logRows };
        AssertExact(LogMath.Bits(new SoundnessModel(numbers, UniqueDecodingBound.Instance).Shared()), (BigInteger)(width + 2) << logRows, BigInteger.Pow(0x7F000001, 4));
    }

    [Theory]
    [InlineData(10, 1, 3, 0)]
    [InlineData(20, 2, 7, 0)]
    [InlineData(12, 3, 5, 1)]
    public void OutOfDomain_UniqueDecoding_IsExact(int logRows, int logBlowup, int degree, int masking)
    {
        int chunks = (1 << StarkShape.LogCeiling(Math.Max(degree + masking, 2) - 1)) << masking;
        ProtocolNumbers numbers = Systems.Plain with
        {
            Log2Field = FieldFacts.Of(StarkField.KoalaBear).Log2Size(5), LogRows = logRows, LogBlowup = logBlowup, ConstraintDegree = degree,
            MaskingLog = masking, QuotientChunks = chunks,
        };
        BigInteger rows = BigInteger.One << logRows, k = rows << masking, n = k << logBlowup;
        AssertExact(LogMath.Bits(new SoundnessModel(numbers, UniqueDecodingBound.Instance).OutOfDomain()),
            BigInteger.Max(degree * (k + 1) + k - 1, chunks * rows + k + 1), BigInteger.Pow(0x7F000001, 5) - k - n);
    }

    [Theory]
    [InlineData(BatchingKind.Powers, 2632, 2631)]
    [InlineData(BatchingKind.Tensor, 2632, 12)]
    [InlineData(BatchingKind.Tensor, 2049, 12)]
    [InlineData(BatchingKind.Tensor, 2048, 11)]
    [InlineData(BatchingKind.Independent, 2632, 1)]
    public void Batching_UniqueDecoding_IsExact(BatchingKind kind, int batch, int factor)
    {
        ProtocolNumbers numbers = Systems.Plain with { Log2Field = FieldFacts.Of(StarkField.KoalaBear).Log2Size(4), LogRows = 17, LogBlowup = 1, BatchSize = batch, Batching = kind };
        AssertExact(LogMath.Bits(new SoundnessModel(numbers, UniqueDecodingBound.Instance).Batching()), (BigInteger)factor << 18, BigInteger.Pow(0x7F000001, 4));
    }

    [Theory]
    [InlineData(BatchingKind.Powers, 3, 999 * (4 + 2 + 1))] // columns of one height may have powers from the first to the last
    [InlineData(BatchingKind.Powers, 1, 999 * 4)]
    [InlineData(BatchingKind.Tensor, 3, 10 * (4 + 2 + 1))]
    [InlineData(BatchingKind.Independent, 3, 4 + 2 + 1)]
    [InlineData(BatchingKind.Independent, 2, 4 + 2)]
    [InlineData(BatchingKind.Independent, 9, 4 + 2 + 1)]
    public void Batching_OfSeveralHeights_IsExact(BatchingKind kind, int tables, int factor)
    {
        ProtocolNumbers numbers = Systems.Plain with
        {
            Log2Field = FieldFacts.Of(StarkField.KoalaBear).Log2Size(4), LogRows = 17, MinLogRows = 15, LogBlowup = 1, BatchSize = 1000, Batching = kind, Tables = tables,
        };
        AssertExact(LogMath.Bits(new SoundnessModel(numbers, UniqueDecodingBound.Instance).Batching()), (BigInteger)factor << 16, BigInteger.Pow(0x7F000001, 4));
    }

    [Theory]
    [InlineData(1, false, 1)]
    [InlineData(2, false, 3)]
    [InlineData(3, false, 7)]
    [InlineData(3, true, 8)]
    public void Fold_UniqueDecoding_IsExact(int logArity, bool mixed, int curve)
    {
        ProtocolNumbers numbers = Systems.Plain with { Log2Field = FieldFacts.Of(StarkField.KoalaBear).Log2Size(4), LogRows = 17, LogBlowup = 1, MinLogRows = 5, Tables = mixed ? 2 : 1 };
        AssertExact(LogMath.Bits(new SoundnessModel(numbers, UniqueDecodingBound.Instance).Fold(17, logArity)),
            (BigInteger)curve << (18 - logArity), BigInteger.Pow(0x7F000001, 4));
    }

    // 2^-bits is at least the error, and 2^-(bits + 0.004) is less: bits are cut to multiples of 1/512 so that both are integers.
    private static void AssertExact(double bits, BigInteger numerator, BigInteger denominator)
    {
        int low = (int)Math.Floor(bits * Scale), high = low + 2;
        BigInteger n = BigInteger.Pow(numerator, Scale), d = BigInteger.Pow(denominator, Scale);
        Assert.True(n << low <= d, $"{bits} bits are claimed, which is more than exact.");
        Assert.True(n << high > d, $"{bits} bits are claimed, which is too careful.");
    }
}
