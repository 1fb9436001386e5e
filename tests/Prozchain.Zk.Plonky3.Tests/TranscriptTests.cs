using System.Text.Json.Nodes;
using Prozchain.Testing;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Stark;
using Prozchain.Zk.Plonky3.Tests.Fixtures;

namespace Prozchain.Zk.Plonky3.Tests;

/// <summary>The transcripts that the peer wrote down.</summary>
public sealed class TranscriptTests
{
    [Theory]
    [MemberData(nameof(Vectors.Transcripts), MemberType = typeof(Vectors))]
    public void Verify_ProofOfThePeer_AbsorbsAndSamplesAsThePeer(string name)
    {
        var test = new SameSteps(name);
        Vectors.Run(name, ref test);
    }

    private readonly struct SameSteps(string name) : IFixtureTest
    {
        public void Run<TField, TExt>(Fixture<TField, TExt> fixture)
            where TField : unmanaged, IField<TField>
            where TExt : unmanaged, IExtensionField<TExt, TField>
        {
            JsonNode json = JsonNode.Parse(File.ReadAllText(TestVectors.Require($"{Vectors.Folder}/{name}.transcript.json")))!;
            string digest = (string)fixture.Json["hash"]!["digest"]!;
            var challenger = new RecordingChallenger<TField, TExt>(
                fixture.Key.Suite.CreateChallenger(), digest.Contains("raw", StringComparison.Ordinal) ? "bytes" : digest.Contains("lanes", StringComparison.Ordinal) ? "lanes" : "elements");
            Assert.Equal(Plonky3Result.Valid, StarkVerifier<TField, TExt>.Verify(fixture.Key, fixture.PublicValues, fixture.Proof, challenger));
            string[] expected = [.. json["steps"]!.AsArray().Select(step => RecordingChallenger<TField, TExt>.Line(step!))];
            for (int i = 0; i < Math.Min(expected.Length, challenger.Steps.Count); i++)
                Assert.True(expected[i] == challenger.Steps[i], $"Expected step {i} ({json["steps"]![i]!["what"]}) to be {expected[i]}, got {challenger.Steps[i]}.");
            Assert.Equal(expected.Length, challenger.Steps.Count);
        }
    }
}
