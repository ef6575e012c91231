"""What planning systems and scanners write: series, RTSTRUCT, RTDOSE and spatial registrations in; RTSTRUCT and SEG out.
`reading` is the door. Comes in: files as hospitals have them. Goes out: images, masks and gray,
nothing of whom.
"""
