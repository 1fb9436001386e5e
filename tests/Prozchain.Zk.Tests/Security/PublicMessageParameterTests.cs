using System.Numerics;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Tests.Stark;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Security;

/// <summary>Parameters of keys that accept public messages: their round, their encoding, their bounds.</summary>
public class PublicMessageParameterTests
{
    private static readonly StarkShape s_shape = Shapes.Small with { MaxPublicMessages = 5000 };

    [Fact]
    public void TheLookupRound_CountsThem()
    {
        ProtocolNumbers numbers = Systems.Plain with { Log2Field = FieldFacts.Of(StarkField.KoalaBear).Log2Size(4), LogRows = 10, Lookups = 5, MessageWidth = 4, PublicMessages = 5000 };
        double expected = BigInteger.Log(BigInteger.Pow(0x7F000001, 4) / ((5 * 1024 + 5000) * 6), 2);
        Assert.Equal(expected, -new SoundnessModel(numbers, UniqueDecodingBound.Instance).Lookup(), 6);
        Assert.True(Round(s_shape with { MaxPublicMessages = 1 << 20 }) < Round(s_shape));
        Assert.True(Round(s_shape) < Round(Shapes.Small));

        // The same parameters but for the messages.
        static double Round(StarkShape shape) =>
            StarkParameters.ForBenchmark(shape, 4, 1, 100, default, 3, 0).Report.Rounds.Single(round => round.Name == "lookup challenges").Bits;
    }

    [Fact]
    public void Encoding_HasAVersionOfItsOwn()
    {
        StarkParameters parameters = StarkParameters.Secure100(s_shape), plain = StarkParameters.Secure100(Shapes.Small);
        byte[] bytes = ParameterWire.Encode(SolverTests.Set(parameters)), without = ParameterWire.Encode(SolverTests.Set(plain));
        Assert.Equal((2, 0), (bytes[0], without[0]));
        Assert.Equal(ParametersReadResult.Ok, StarkParameters.TryRead(bytes, 100, out StarkParameters? read));
        Assert.Equal((parameters, parameters.Shape), (read, read!.Shape));
        Assert.Equal(ParametersReadResult.OutOfRange, StarkParameters.TryRead([2, .. without[1..], 0], 100, out _));
        Assert.Equal(ParametersReadResult.OutOfRange, StarkParameters.TryRead([2, .. without[1..], 0x81, 0x80, 0x40], 100, out _));
        Assert.Equal(ParametersReadResult.TrailingBytes, StarkParameters.TryRead([.. without, 0], 100, out _));
        Assert.Equal(ParametersReadResult.Truncated, StarkParameters.TryRead(bytes.AsSpan(..^1), 100, out _));
        Assert.Equal(ParametersReadResult.Truncated, StarkParameters.TryRead([3, .. bytes[1..]], 100, out _));
        StarkShape both = Shapes.Small with { MaxPublicMessages = 7, SharedMessageWidth = 3, LogSharedMessages = 10, ZeroKnowledge = false };
        bytes = ParameterWire.Encode(SolverTests.Set(StarkParameters.Secure100(both)));
        Assert.Equal(3, bytes[0]);
        Assert.Equal(7, bytes[^1]);
        Assert.Equal(ParametersReadResult.Ok, StarkParameters.TryRead(bytes, 100, out read));
        Assert.Equal(both, read!.Shape);
    }

    [Fact]
    public void OutOfRange_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => StarkParameters.Secure100(Shapes.Small with { MaxPublicMessages = (1 << 20) + 1 }));
        Assert.Throws<ArgumentException>(() => StarkParameters.Secure100(Shapes.Small with { MaxPublicMessages = -1 }));
        Assert.Throws<ArgumentException>(() => StarkParameters.Secure100(Shapes.Poseidon2(14) with { MaxPublicMessages = 1 }));
        // 127 messages on 2^24 rows are p - 1 in all.
        StarkShape full = Shapes.Small with { MaxLogRows = 24, Lookups = 127 };
        Assert.DoesNotContain("modulus", full.Problem() ?? "", StringComparison.Ordinal);
        Assert.Contains("modulus", (full with { MaxPublicMessages = 1 }).Problem(), StringComparison.Ordinal);
    }

    /// <summary>Rows times bounds of p - 1 leave room for no public message.</summary>
    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void MultiplicitiesThatWrap(int most, bool isServed)
    {
        Prozchain.Zk.Air.IAir[] airs = [new LookupPitfallTests.Often(16646144), new Having()];
        StarkShape shape = StarkKey.ShapeOf<F>(airs, 6, 8) with { MaxPublicMessages = most };
        StarkKey<F> key = StarkKey.Create<F>(airs, StarkParameters.ForBenchmark(shape, 4, 1, 8, default, 3, 1));
        Assert.Equal(isServed, StarkProtocol.Problem(key, [7, 6]) is null);
        Assert.Null(StarkProtocol.Problem(key, [6, 6]));
    }
}
