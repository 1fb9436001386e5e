using Prozchain.AI.Formats;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>The models that a store may take as bases, whose stripes stay while it runs, and their tensors by name.</summary>
internal sealed class BaseModels
{
    private const int MaxModels = 16;

    private readonly VaultContext _context;
    private readonly List<ModelManifest> _models = [];
    private readonly Dictionary<string, List<(TensorInfo Tensor, ModelPart Part, ModelManifest Of)>> _tensors = new(StringComparer.Ordinal);

    private BaseModels(VaultContext context) => _context = context;

    /// <summary>Takes references on all that the models consist of, until they are released.</summary>
    /// <exception cref="ArgumentException">There are too many, one is unknown, or one is stored otherwise than the vault stores.</exception>
    public static async ValueTask<BaseModels> HoldAsync(VaultContext context, IReadOnlyList<ReadOnlyMemory<byte>> modelRoots)
    {
        var held = new BaseModels(context);
        try
        {
            if (modelRoots.Count > MaxModels)
                throw new ArgumentException($"Expected at most {MaxModels} bases, got {modelRoots.Count}.", nameof(modelRoots));
            foreach (ReadOnlyMemory<byte> root in modelRoots)
            {
                if (root.Length != Bytes32.Size) throw new ArgumentException($"Expected a model root of {Bytes32.Size} bytes, got {root.Length}.", nameof(modelRoots));
                held.Add(new Bytes32(root.Span));
            }
            return held;
        }
        catch
        {
            await held.ReleaseAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The tensors of that name, type and shape that are parts by themselves, at most one of each base.</summary>
    public IEnumerable<BaseTensor> Find(TensorInfo tensor) =>
        !_tensors.TryGetValue(tensor.Name, out var found) ? []
            : found.Where(f => f.Tensor.Type == tensor.Type && f.Tensor.Shape.AsSpan().SequenceEqual(tensor.Shape.AsSpan())).Select(f => new BaseTensor(f.Of, f.Part));

    /// <summary>Gives the references back. What nobody else has, because a base was pruned meanwhile, is deleted.</summary>
    public async ValueTask ReleaseAsync()
    {
        foreach (ModelManifest model in _models)
            await StripeRemoval.ReleaseAsync(_context, StripeCatalogue.Stripes(model).Select(s => s.Identity)).ConfigureAwait(false);
    }

    private void Add(Bytes32 root)
    {
        if (_models.Exists(m => m.Model.Equals(root))) return;
        ModelManifest model = _context.Catalogue.TryHold(root, Fits, out bool known) ?? throw new ArgumentException(known
            ? $"Expected a base with the leaf size, pieces and table of this vault, and all its pieces, got {root}, which is placed otherwise: move it first."
            : $"Expected a base that the catalogue has, got {root}, which it does not.");
        _models.Add(model);
        ModelPart?[] parts = ManifestContent.Match(model.Content.Parts, model.Tensors);
        for (int i = 0; i < parts.Length; i++)
        {
            if (parts[i] is not { } part) continue;
            if (!_tensors.TryGetValue(model.Tensors[i].Name, out var list)) _tensors[model.Tensors[i].Name] = list = [];
            list.Add((model.Tensors[i], part, model));
        }
    }

    private bool Fits(ModelManifest model)
    {
        (ManifestContent c, ModelVaultOptions o) = (model.Content, _context.Options);
        return (c.LeafSize, c.DataPieces, c.ParityPieces, c.KeptPieces) == (o.LeafSize, o.DataPieces, o.ParityPieces, _context.TotalPieces)
            && c.Table.Id.Equals(_context.Table.Id);
    }
}
