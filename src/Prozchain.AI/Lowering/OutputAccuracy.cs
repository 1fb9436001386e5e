namespace Prozchain.AI.Lowering;

/// <summary>How near one output of an integer graph comes to the model it was lowered from, over all calibration inputs.</summary>
/// <param name="Name">The output.</param>
/// <param name="MaxError">Greatest absolute difference.</param>
/// <param name="MeanError">Mean absolute difference.</param>
/// <param name="Cosine">Cosine of the angle between both, over all elements; 1 when both are zero.</param>
/// <param name="ArgMaxAgreement">Part of the rows along the last axis whose greatest element is at the same place, 0 to 1.</param>
public sealed record OutputAccuracy(string Name, double MaxError, double MeanError, double Cosine, double ArgMaxAgreement);
