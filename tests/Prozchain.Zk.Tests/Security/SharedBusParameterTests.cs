using Prozchain.Zk.Security;

namespace Prozchain.Zk.Tests.Security;

/// <summary>Parameters of proofs that exchange messages: their round, their regime, their encoding.</summary>
public class SharedBusParameterTests
{
    private static StarkShape Shape(int logMessages, int width = 12, bool zeroKnowledge = false) => new()
    {
        Field = StarkField.KoalaBear, MinLogRows = 4, MaxLogRows = 17, Columns = 5000, Constraints = 4000, ConstraintDegree = 3, Lookups = 190, MessageWidth = 50,
        LookupColumns = 120, Tables = 20, SharedMessageWidth = width, LogSharedMessages = logMessages, ZeroKnowledge = zeroKnowledge,
    };

    private static readonly SolverOptions s_quartic = new() { ExtensionDegrees = [4] };

    private static SecurityRound Round(StarkParameters parameters) => parameters.Report.Rounds.Single(round => round.Name == "shared challenges");

    [Fact]
    public void TheRound_IsCountedOverTheList_AndGround()
    {
        // 2^124 less 0.05 bits; 2^24 messages of 12 elements: 124 - 24 - log2 14 - grinding.
        StarkParameters parameters = StarkParameters.ForTarget(100, Shape(24), s_quartic);
        double expected = FieldFacts.Of(StarkField.KoalaBear).Log2Size(4) - 24 - Math.Log2(14);
        Assert.Equal(expected + parameters.Grinding.Shared, Round(parameters).Bits, 5);
        Assert.Equal((int)Math.Ceiling(100 - expected), parameters.Grinding.Shared);
        Assert.True(Round(parameters).Bits >= 100);
        Assert.Contains("shared challenges", $"{parameters}", StringComparison.Ordinal);
        for (int log = 0; log < 30; log++)
            Assert.True(Round(StarkParameters.ForTarget(100, Shape(log), s_quartic)).Bits - Round(StarkParameters.ForTarget(100, Shape(log + 1), s_quartic)).Bits is > -1 and < 1.001);
    }

    [Fact]
    public void BelowTheTarget_NoneAreMade()
    {
        Assert.False(StarkParameters.TryForTarget(100, Shape(30, 4096), s_quartic with { MaxRoundGrinding = 8 }, out StarkParameters? none, out SecurityReport report));
        Assert.Null(none);
        Assert.Equal("shared challenges", report.BindingRound.Name);
        ParameterSet set = SolverTests.Set(StarkParameters.ForTarget(100, Shape(24), s_quartic));
        Assert.Equal(ParametersReadResult.BelowTarget, Read(set with { Grinding = set.Grinding with { Shared = set.Grinding.Shared - 1 } }));
        Assert.Equal(ParametersReadResult.BelowTarget, Read(set with { Shape = set.Shape with { LogSharedMessages = 26 } }));
        Assert.Equal(ParametersReadResult.Ok, Read(set with { Shape = set.Shape with { LogSharedMessages = 20 } }));
    }

    [Fact]
    public void OnlyUniqueDecoding_AndNothingHidden()
    {
        // What docs/security.md says that it costs, in queries.
        foreach ((int blowup, int least, int unique) in ((int, int, int)[])[(1, 229, 236), (2, 100, 131)])
        {
            SolverOptions options = s_quartic with { LogBlowup = blowup };
            Assert.Equal((least, unique), (StarkParameters.ForTarget(100, Shape(0, width: 0), options).Queries, StarkParameters.ForTarget(100, Shape(20), options).Queries));
        }
        foreach (int degree in (int[])[4, 5, 6])
            Assert.Equal(ProximityRegime.UniqueDecoding, StarkParameters.ForTarget(100, Shape(20), new() { ExtensionDegrees = [degree] }).Report.Regime);
        Assert.Throws<ArgumentException>(() => StarkParameters.ForTarget(100, Shape(20), new() { Regimes = [ProximityRegime.Johnson] }));
        ParameterSet set = SolverTests.Set(StarkParameters.ForTarget(100, Shape(20), s_quartic));
        Assert.Equal(ParametersReadResult.OutOfRange, Read(set with { Regime = ProximityRegime.Johnson, Multiplicity = 20 }));
        Assert.Contains("zero knowledge", Assert.Throws<ArgumentException>(() => StarkParameters.Secure100(Shape(20, zeroKnowledge: true))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => StarkParameters.Secure100(Shape(31)));
        Assert.Throws<ArgumentException>(() => StarkParameters.Secure100(Shape(4, width: 0)));
    }

    [Fact]
    public void Encoding_HasAVersionOfItsOwn()
    {
        StarkParameters parameters = StarkParameters.Secure100(Shape(20));
        byte[] bytes = ParameterWire.Encode(SolverTests.Set(parameters));
        Assert.Equal(1, bytes[0]);
        Assert.Equal(ParametersReadResult.Ok, StarkParameters.TryRead(bytes, 100, out StarkParameters? read));
        Assert.Equal(parameters, read);
        Assert.Equal(parameters.Shape, read!.Shape);
        // Each shape has one encoding: none of these buses in version 1, and nothing behind version 0.
        byte[] plain = ParameterWire.Encode(SolverTests.Set(StarkParameters.Secure100(Shape(0) with { SharedMessageWidth = 0 })));
        Assert.Equal(0, plain[0]);
        Assert.Equal(ParametersReadResult.OutOfRange, StarkParameters.TryRead([1, .. plain[1..], 0, 0, 0], 100, out _));
        Assert.Equal(ParametersReadResult.TrailingBytes, StarkParameters.TryRead([.. plain, 0, 0, 0], 100, out _));
        Assert.Equal(ParametersReadResult.UnsupportedVersion, StarkParameters.TryRead([4, .. bytes[1..]], 100, out _));
        Assert.Equal(ParametersReadResult.Truncated, StarkParameters.TryRead(bytes.AsSpan(..^1), 100, out _));
    }

    private static ParametersReadResult Read(ParameterSet set) => StarkParameters.TryRead(ParameterWire.Encode(set), 100, out _);
}
