namespace Prozchain.AI.Formats;

/// <summary>Tensors by their names. What it takes to look them up is made when it is first asked for.</summary>
internal sealed class TensorNames(IReadOnlyList<TensorInfo> tensors)
{
    private Dictionary<string, TensorInfo>? _byName;

    /// <summary>The first tensor of a name; null when there is none.</summary>
    public TensorInfo? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return (_byName ??= Index()).GetValueOrDefault(name);
    }

    private Dictionary<string, TensorInfo> Index()
    {
        var byName = new Dictionary<string, TensorInfo>(tensors.Count, StringComparer.Ordinal);
        foreach (TensorInfo tensor in tensors) byName.TryAdd(tensor.Name, tensor);
        return byName;
    }
}
