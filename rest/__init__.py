"""What every REST door shares: who calls, strict bodies, problem answers. It knows no model of ours."""
