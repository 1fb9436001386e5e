using Prozchain.AI.Formats;

namespace Prozchain.AI.Onnx;

/// <summary>
/// What a run may cost in products of two numbers, an element passed through counting as several: a few bytes of a model can
/// ask for years. What a node will cost is known before it begins, and each node is bounded too, so that a run that is
/// ended ends soon.
/// </summary>
internal sealed class OnnxBudget(CancellationToken cancellationToken = default)
{
    private double _left = OnnxLimits.MaxRunSteps;

    public void Spend(double steps)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (steps > OnnxLimits.MaxNodeSteps) throw new OnnxRefusal($"{steps:0} products are above the {OnnxLimits.MaxNodeSteps} of a node");
        if ((_left -= steps) < 0) throw new OnnxRefusal($"the run takes more than {OnnxLimits.MaxRunSteps} products");
    }
}
