namespace Prozchain.Zk.Tests.Stark;

/// <summary>
/// Where each known way to make a STARK unsound has its negative test.
/// 11 (a circuit's verifier that differs from this one) has no test: there is no recursion yet.
/// 13 (one hash in two roles) is that of the trees: BatchOpeningTests and MerkleTreeTests, and of the transcript: TranscriptLaws.
/// 14 (Groth16's keys and points) has no test: there is no Groth16 yet.
/// </summary>
public sealed class PitfallIndexTests
{
    private static readonly Dictionary<int, Type[]> s_tests = new()
    {
        [1] = [typeof(BoundTranscriptTests), typeof(ForgedOpeningTests)],
        [2] = [typeof(BoundTranscriptTests)],
        [3] = [typeof(LowDegreePitfallTests)],
        [4] = [typeof(LowDegreePitfallTests)],
        [5] = [typeof(LowDegreePitfallTests)],
        [6] = [typeof(LowDegreePitfallTests)],
        [7] = [typeof(LowDegreePitfallTests)],
        [8] = [typeof(LookupPitfallTests), typeof(KeyLimitsTests)],
        [9] = [typeof(ProofBytesTests), typeof(KeyLimitsTests)],
        [10] = [typeof(BoundTranscriptTests), typeof(KeyLimitsTests)],
        [12] = [typeof(BoundTranscriptTests)],
        [15] = [typeof(HidingTests)],
        [16] = [typeof(KeyLimitsTests)],
    };

    [Fact]
    public void AllButThoseNamedAreTested()
    {
        Assert.Equal([11, 13, 14], Enumerable.Range(1, 16).Except(s_tests.Keys));
        foreach (Type type in s_tests.Values.SelectMany(types => types))
            Assert.Contains(type.GetMethods(), method => method.GetCustomAttributes(typeof(FactAttribute), inherit: true).Length > 0);
    }
}
