using Prozchain.AI.Registry;
using Prozchain.Shared;

namespace Prozchain.AI.Inference;

/// <summary>What tells models in memory apart: the stored bytes, and the graph that the version was published with.</summary>
internal readonly record struct ModelKey(Bytes32 Root, Bytes32 Graph)
{
    public static ModelKey Of(ModelVersion version) => new(new Bytes32(version.Publication.ModelRoot.Span), new Bytes32(version.Publication.GraphDigest.Span));
}
