using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>A tensor of a base model that is a part by itself.</summary>
internal sealed record BaseTensor(ModelManifest Manifest, ModelPart Part)
{
    /// <summary>
    /// Number within the model of a stripe of the tensor; of one that is itself coded with a base, of that base: so that no chain of
    /// bases has to be followed to decode anything.
    /// </summary>
    public int RootOf(int stripe) => Manifest.Geometry.BaseOf(Part.FirstStripe + stripe);

    /// <summary>The base model to name for stripes that are coded against the tensor; if they are all of it, what it names itself.</summary>
    public Bytes32 ModelOf(IReadOnlyList<StoredStripe> stripes) =>
        Part.Base >= 0 && stripes.Select(s => s.LeafRoot).SequenceEqual(Part.Stripes.Select(s => s.LeafRoot)) ? Manifest.Content.Bases[Part.Base] : Manifest.Model;
}
