using System.Buffers;
using System.Reflection;
using System.Security.Cryptography;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Security;
using Prozchain.Zk.Transcripts;

namespace Prozchain.Zk.Tests.Security;

public class StarkParametersTests
{
    [Fact]
    public void Type_HasNoPublicConstructorNorSetter()
    {
        Assert.Empty(typeof(StarkParameters).GetConstructors(BindingFlags.Public | BindingFlags.Instance));
        Assert.All(typeof(StarkParameters).GetProperties(), property => Assert.False(property.CanWrite, property.Name));
        Assert.True(typeof(StarkParameters).IsSealed);
    }

    [Fact]
    public void TryRead_WhatWasWritten_IsEqual()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            StarkParameters parameters = StarkParameters.Secure100(Shapes.Random(seed));
            byte[] bytes = Encode(parameters);
            Assert.Equal(parameters.EncodedSize, bytes.Length);
            Assert.Equal(ParametersReadResult.Ok, StarkParameters.TryRead(bytes, 100, out StarkParameters? read));
            Assert.Equal(parameters, read);
            Assert.Equal(parameters.Shape, read!.Shape);
            Assert.True(parameters.Digest.SequenceEqual(read.Digest));
            Assert.Equal(ParametersReadResult.TargetTooLow, StarkParameters.TryRead(bytes, 101, out read));
            Assert.Null(read);
        }
    }

    [Fact]
    public void TryRead_WeakenedInAnyWay_IsBelowTarget()
    {
        ParameterSet set = SolverTests.Set(StarkParameters.Secure100(Shapes.Poseidon2(17)));
        ParameterSet[] weaker =
        [
            set with { Queries = 1 }, set with { Queries = set.Queries - 1 }, set with { TargetBits = 110 }, set with { DigestBits = 192 },
            set with { Grinding = default }, set with { LogBlowup = 1, Queries = 40 }, set with { Shape = set.Shape with { MaxLogRows = 21, Columns = 1 << 20 }, Batching = BatchingKind.Powers },
        ];
        Assert.All(weaker, weak =>
        {
            Assert.Equal(ParametersReadResult.BelowTarget, StarkParameters.TryRead(ParameterWire.Encode(weak), 100, out StarkParameters? read));
            Assert.Null(read);
        });
    }

    [Fact]
    public void TryRead_FoldsThatOnlyAShorterTableMakes_AreCounted()
    {
        // Alone the tallest table is not folded at all; beside a shorter one it is, and must be ground for.
        StarkShape shape = Shapes.Small with { MinLogRows = 3, MaxLogRows = 8, ZeroKnowledge = false, Tables = 2 };
        ParameterSet set = SolverTests.Set(StarkParameters.Secure100(shape)) with
        {
            ExtensionDegree = 4, LogBlowup = 4, Regime = ProximityRegime.Johnson, Multiplicity = 60, Batching = BatchingKind.Independent, Queries = 4096,
            MaxLogArity = 3, LogFinalLength = 8, Grinding = new(40, 40, 40, 40, 0, 40),
        };
        Assert.Empty(set.FoldLogArities([8]));
        Assert.Equal([3, 2], set.FoldLogArities([3, 8]));
        double fold = -new SoundnessModel(ProtocolNumbers.Of(set) with { FoldLogArities = [3] }, set.Bound).Folds()[0];
        Assert.InRange(fold, 70, 80);
        Assert.InRange(SolverTests.Proven(set), 0, fold);
        Assert.Equal(ParametersReadResult.BelowTarget, StarkParameters.TryRead(ParameterWire.Encode(set), 100, out _));
    }

    [Fact]
    public void TryRead_WrongBytes_NamesTheReason()
    {
        byte[] bytes = Encode(StarkParameters.Secure100(Shapes.Small));
        for (int length = 0; length < bytes.Length; length++)
            Assert.Equal(ParametersReadResult.Truncated, StarkParameters.TryRead(bytes.AsSpan(0, length), 100, out _));
        Assert.Equal(ParametersReadResult.TrailingBytes, StarkParameters.TryRead([.. bytes, 0], 100, out _));
        Assert.Equal(ParametersReadResult.UnsupportedVersion, StarkParameters.TryRead([4, .. bytes.AsSpan(1)], 100, out _));
        Assert.Equal(ParametersReadResult.Truncated, StarkParameters.TryRead([0, 0xE4, 0x00, .. bytes.AsSpan(2)], 100, out _));
        Assert.Equal(ParametersReadResult.OutOfRange, StarkParameters.TryRead([0, bytes[1], 77, .. bytes.AsSpan(3)], 100, out _));
        ParameterSet set = SolverTests.Set(StarkParameters.Secure100(Shapes.Small));
        ParameterSet[] outside =
        [
            set with { Queries = 0 }, set with { MaxLogArity = 4 }, set with { LogBlowup = 0 }, set with { ExtensionDegree = 7 }, set with { LogFinalLength = 13 },
            set with { Grinding = set.Grinding with { Fold = 41 } }, set with { DigestBits = 120 }, set with { Regime = ProximityRegime.UniqueDecoding, Multiplicity = 3 },
            set with { Regime = ProximityRegime.Johnson, Multiplicity = 2 }, set with { Shape = set.Shape with { MaxLogRows = 24 } },
            set with { LogBlowup = 1, Shape = set.Shape with { MaxLogRows = 19, ConstraintDegree = 34, ZeroKnowledge = false } }, // 64 chunks
            set with { Shape = set.Shape with { Lookups = 1 << 16 } }, set with { Shape = set.Shape with { MaxLogRows = 4 } },
        ];
        Assert.Null((outside[^3] with { Shape = outside[^3].Shape with { ConstraintDegree = 33 } }).Problem());
        Assert.All(outside, wrong => Assert.Equal(ParametersReadResult.OutOfRange, StarkParameters.TryRead(ParameterWire.Encode(wrong), 100, out _)));
    }

    [Fact]
    public void TryRead_HostileBytes_NeverThrowsNorReadsWhatIsBelowTarget()
    {
        byte[][] seeds = [.. Enumerable.Range(0, 6).Select(seed => Encode(StarkParameters.Secure100(Shapes.Random(seed))))];
        int read = 0;
        Testing.HostileBytes.Feed(seeds, bytes =>
        {
            if (StarkParameters.TryRead(bytes, 80, out StarkParameters? parameters) != ParametersReadResult.Ok) return;
            read++;
            Assert.Equal(bytes, Encode(parameters!));
            Assert.True(parameters!.Report.ProvenBits >= parameters.TargetBits && parameters.TargetBits >= 80);
        });
        Assert.True(read > 100, $"Only {read} mutations were read at all.");
    }

    [Fact]
    public void Write_SeededCases_AreFrozen()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var random = new Random(5);
        for (int i = 0; i < 50; i++)
        {
            ParameterSet set = SolverTests.Set(Shapes.Peer) with
            {
                Queries = random.Next(1, 4096), Grinding = new(random.Next(40), random.Next(40), random.Next(40), random.Next(40), random.Next(40), random.Next(40)),
                Shape = Shapes.Random(i), DigestBits = 8 * random.Next(16, 64), TargetBits = random.Next(1, 256),
            };
            hash.AppendData(ParameterWire.Encode(set));
        }
        // A change of this constant is a change of the format.
        Assert.Equal("24caff92b1a8ad81b283603db2b4bf15b086361c8774dc7510895ddb514a2369", Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    [Fact]
    public void Bind_TwoParameters_GiveTwoChallenges()
    {
        static byte[] Challenge(StarkParameters parameters)
        {
            using var transcript = new ProverTranscript<Keccak256>(new ProtocolId("test"), new ArrayBufferWriter<byte>());
            parameters.Bind(transcript);
            byte[] challenge = new byte[16];
            transcript.Challenge("c"u8, challenge);
            return challenge;
        }
        StarkParameters one = StarkParameters.Secure100(Shapes.Small), two = StarkParameters.ForTarget(101, Shapes.Small);
        Assert.Equal(Challenge(one), Challenge(StarkParameters.Secure100(Shapes.Small)));
        Assert.NotEqual(Challenge(one), Challenge(two));
        Assert.False(one.Digest.SequenceEqual(two.Digest));
    }

    [Fact]
    public void FoldSchedule_Heights_AreReachedAndNotPassed()
    {
        StarkParameters parameters = StarkParameters.ForBenchmark(Shapes.Small with { MinLogRows = 0, MaxLogRows = 16, ZeroKnowledge = false }, 5, 3, 300, default, 3, 2);
        Assert.Equal([3, 3, 3, 3, 2], parameters.FoldSchedule(16));
        Assert.Equal([1, 3, 3, 3, 3, 1], parameters.FoldSchedule(15, 16, 2));
        Assert.Equal([], parameters.FoldSchedule(1));
        Assert.Equal([3, 1], parameters.FoldSchedule(0, 4, 4)[..2]);
        Assert.Throws<ArgumentException>(() => parameters.FoldSchedule());
        Assert.Throws<ArgumentException>(() => parameters.FoldSchedule(17));
        Assert.Throws<ArgumentException>(() => parameters.FoldSchedule(1, 2, 3, 4));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void HidingRows_EachQueryAndTheOutOfDomainPoint_RevealAValueForEachOpeningPoint(int points)
    {
        StarkParameters parameters = StarkParameters.Secure100(Shapes.Small with { OpeningPoints = points });
        Assert.Equal(points * (parameters.Queries + parameters.ExtensionDegree), parameters.HidingRows);
        Assert.True(1 << parameters.LeastPaddedLogRows >= parameters.HidingRows);
        Assert.Equal(0, StarkParameters.Secure100(Shapes.Small with { OpeningPoints = points, ZeroKnowledge = false }).HidingRows);

        // One row too few is refused, by the reader too.
        ParameterSet set = SolverTests.Set(parameters);
        int log = StarkShape.LogCeiling(parameters.HidingRows);
        ParameterSet least = set with { Shape = set.Shape with { MinLogRows = 0, MaxLogRows = log } };
        Assert.Null(least.Problem());
        Assert.Null((least with { Queries = (1 << log) / points - set.ExtensionDegree }).Problem());
        Assert.NotNull((least with { Queries = (1 << log) / points - set.ExtensionDegree + 1 }).Problem());
    }

    [Theory]
    [InlineData(false, 2 * (40 + 4 * 5) + 3 * 4 * 5)]
    [InlineData(true, 2 * (40 + 4 * 5) + 3 * 8 * 5 + 3 * 5)]
    public void BatchSize_CountsTraceLookupsQuotientAndOneMaskForEachTable(bool hiding, int expected)
    {
        // Degree 4: 4 chunks, or twice as many when hiding; a mask has e base columns and is opened at one point.
        StarkShape shape = Shapes.Small with { ConstraintDegree = 4, ZeroKnowledge = hiding };
        Assert.Equal(expected, StarkParameters.ForTarget(100, shape, new() { ExtensionDegrees = [5] }).Report.BatchSize);
    }

    [Fact]
    public void ForTarget_Misuse_IsNamed()
    {
        Assert.Contains("Expected 80 to 256 bits, got 79", Message(() => StarkParameters.ForTarget(79, Shapes.Small)), StringComparison.Ordinal);
        Assert.Contains("Expected Columns from 1", Message(() => StarkParameters.Secure100(Shapes.Small with { Columns = 0 })), StringComparison.Ordinal);
        Assert.Contains("modulus", Message(() => StarkParameters.Secure100(Shapes.Small with { Lookups = 1 << 16 })), StringComparison.Ordinal);
        Assert.Contains("2^24", Message(() => StarkParameters.Secure100(Shapes.Small with { MaxLogRows = 23 })), StringComparison.Ordinal);
        Assert.Contains("to hide the witness", Message(() => StarkParameters.Secure100(Shapes.Small with { MaxLogRows = 4 })), StringComparison.Ordinal);
        Assert.Contains("got none", Message(() => StarkParameters.ForTarget(100, Shapes.Small, new() { ExtensionDegrees = [7] })), StringComparison.Ordinal);
        Assert.Contains("collision of digests", Message(() => StarkParameters.ForTarget(128, Shapes.Small, new() { DigestBits = 248 })), StringComparison.Ordinal);
        static string Message(Action action) => Assert.Throws<ArgumentException>(action).Message;
    }

    [Fact]
    public void ToString_Report_NamesEveryRoundItsSourceAndTheBindingOne()
    {
        StarkParameters parameters = StarkParameters.Secure128(Shapes.Small);
        string text = parameters.ToString();
        Assert.All(parameters.Report.Rounds, round => Assert.Contains(round.Name, text, StringComparison.Ordinal));
        Assert.All(parameters.Report.Rounds, round => Assert.Contains(round.Source, text, StringComparison.Ordinal));
        Assert.StartsWith("128 bits proven", text, StringComparison.Ordinal);
        Assert.Contains("conjectured (never used)", text, StringComparison.Ordinal);
        Assert.Equal(parameters.Report.Rounds.Min(round => round.Bits), parameters.Report.ProvenBits);
    }

    private static byte[] Encode(StarkParameters parameters)
    {
        var writer = new ArrayBufferWriter<byte>();
        parameters.Write(writer);
        return writer.WrittenSpan.ToArray();
    }
}
