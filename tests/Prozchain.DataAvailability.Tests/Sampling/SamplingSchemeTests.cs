using Prozchain.DataAvailability.Rows;
using Prozchain.DataAvailability.Sampling;
using Prozchain.DataAvailability.Tests.Rows;

namespace Prozchain.DataAvailability.Tests.Sampling;

public class SamplingSchemeTests
{
    [Theory]
    [InlineData(1, 64)]
    [InlineData(4, 512)]
    [InlineData(16, 8192)]
    public void Square_Sizes_AreThoseOfTheWire(int k, int cellSize)
    {
        ExtendedSquare square = TestSquares.Full(k, cellSize: cellSize);
        var scheme = SamplingScheme.Square(k, cellSize);
        Assert.Equal(TestSquares.Encoded(square.GetShare(0, 0).WriteTo).Length, scheme.SampleSize);
        Assert.Equal(square.Header.RowRoots.Length + square.Header.ColumnRoots.Length, scheme.HeaderSize);
        Assert.Equal(k * (3 * k - 2), scheme.Sufficient);
    }

    [Theory]
    [InlineData(1, 1, 64)]
    [InlineData(2, 6, 8128)]
    [InlineData(4, 4, 8192)]
    [InlineData(64, 192, 128)]
    public void Rows_Sizes_AreThoseOfTheWire(int k, int n, int rowSize)
    {
        ExtendedRows rows = TestRows.Full(k, n, rowSize);
        var scheme = SamplingScheme.Rows(rows.Parameters);
        Assert.Equal(TestSquares.Encoded(rows.Prove(n).WriteTo).Length, scheme.SampleSize);
        Assert.Equal(TestSquares.Encoded(rows.Header.WriteTo).Length, scheme.HeaderSize);
        Assert.Equal((k + n, n + 1, k), (scheme.Population, scheme.Unrecoverable, scheme.Sufficient));
    }

    [Fact]
    public void Rows_DefaultShape_IsTwoBitsASample()
    {
        var scheme = SamplingScheme.Rows(new RowParameters(64));
        Assert.Equal(0.25 - 1.0 / 16384, SamplingConfidence.MissProbability(scheme, 1), 1e-12);
        Assert.InRange(SamplingConfidence.MissProbability(scheme, 10), 0.9e-6, 0.96e-6);
        Assert.Equal(0, SamplingConfidence.MissProbability(scheme, 4096));
        Assert.Equal(5, SamplingConfidence.SamplesNeeded(scheme, 0.999));
        Assert.Equal(4096, SamplingConfidence.SamplesNeeded(scheme, 1));
    }

    /// <summary>Published: PeerDAS's 8 of 128 columns 0.27 %, Celestia's 16 samples about (3/4)^16 = 1.0 %.</summary>
    [Fact]
    public void MissProbability_PublishedSchemes_Agrees()
    {
        Assert.Equal(0.0027, SamplingConfidence.MissProbability(SamplingScheme.PeerDasColumns(6), 8), 4);
        Assert.InRange(SamplingConfidence.MissProbability(SamplingScheme.Square(512), 16), 0.0095, Math.Pow(0.75, 16));
        Assert.Equal(8, SamplingConfidence.SamplesNeeded(SamplingScheme.PeerDasColumns(1), 0.997));
    }

    [Fact]
    public void BitsPerSample_PublishedSchemes_Agrees()
    {
        Assert.Equal(2, SamplingScheme.Rows(4096, 16384, 960).BitsPerSample, 3);
        Assert.Equal(3, SamplingScheme.Rows(1024, 8192, 2100).BitsPerSample, 2);
        Assert.Equal(0.415, SamplingScheme.Square(512).BitsPerSample, 2);
        Assert.Equal(1.02, SamplingScheme.PeerDasColumns(16).BitsPerSample, 2);
        Assert.Equal(double.PositiveInfinity, SamplingScheme.Square(1).BitsPerSample);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(256)]
    public void Plan_Targets_AreMetWithTheFewest(int k)
    {
        var scheme = SamplingScheme.Square(k);
        var plan = SamplingPlan.For(scheme, 0.01, 1e-6);
        Assert.True(plan.MissProbability <= 0.01 && plan.ShortfallProbability <= 1e-6);
        Assert.True(SamplingConfidence.MissProbability(scheme, plan.Samples - 1) > 0.01);
        Assert.True(NetworkConfidence.ShortfallBound(scheme, plan.Clients - 1, plan.Samples) > 1e-6);
        Assert.Equal(scheme.HeaderSize + plan.Samples * (long)scheme.SampleSize, plan.BytesPerClient);

        // Half as many clients take more samples each, twice as many no more than one client wants for itself.
        var few = SamplingPlan.ForClients(scheme, 0.01, 1e-6, plan.Clients / 2);
        Assert.True(few.Samples > plan.Samples && few.ShortfallProbability <= 1e-6);
        Assert.Equal(plan.Samples, SamplingPlan.ForClients(scheme, 0.01, 1e-6, 2 * plan.Clients).Samples);
    }

    [Fact]
    public void Plan_LowRateRows_GivesMostPerByte()
    {
        double rows = SamplingPlan.For(SamplingScheme.Rows(4096, 16384, 960), 1e-3, 1e-3).BitsPerKilobyte;
        double cells = SamplingPlan.For(SamplingScheme.Square(64), 1e-3, 1e-3).BitsPerKilobyte;
        double columns = SamplingPlan.For(SamplingScheme.PeerDasColumns(16), 1e-3, 1e-3).BitsPerKilobyte;
        Assert.Equal(2.13, rows, 0.01);
        Assert.True(rows > cells && cells > columns);
    }

    [Fact]
    public void Constructor_Arguments_OutOfRange_Throw()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SamplingScheme("x", 0, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SamplingScheme("x", 4, 5, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SamplingScheme("x", 4, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SamplingScheme("x", SamplingScheme.MaxPopulation + 1, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => SamplingScheme.Square(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => SamplingScheme.Rows(5, 4, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => SamplingPlan.For(SamplingScheme.Square(4), 0, 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => SamplingPlan.For(SamplingScheme.Square(4), 0.5, 1));
    }
}
